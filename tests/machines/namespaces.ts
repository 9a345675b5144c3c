/**
 * Machines of a test's own: network namespaces, each with two wires. The house's wire leads to Redis, PostgreSQL and the other
 * machines; the street's wire leads to fans. This process stands at the other end of both. Whoever unplugs a wire tells nobody:
 * interfaces stay up, frames vanish, no FIN arrives. Towards each port of a machine this process has 28,232 ports of its own.
 */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

/** An Ethernet wire between a machine and a switch. */
export interface Wire {
  /** The machine's address on it. */
  readonly address: string;
  unplug(): void;
  plugIn(): void;
}

export interface Machine {
  readonly name: string;
  readonly house: Wire;
  readonly street: Wire;
  /** What goes before a command line, so that it runs on this machine. */
  readonly through: readonly string[];
  /** Processes on it. */
  pids(): number[];
}

export interface Network extends Disposable {
  /** This process's own address on each network. */
  readonly houseAddress: string;
  readonly streetAddress: string;
  /** A machine with nothing on it. */
  machine(name: string): Machine;
}

/** The command that runs these tests as root; undefined: we are root. */
function needsRoot(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'sudo env "PATH=$PATH" npm test -- tests/machines/*.test.ts';
}

type NetworkName = 'house' | 'street';

export function openNetwork(): Network {
  const needed = needsRoot();
  if (needed !== undefined) throw new Error(`Network namespaces are root's alone. Run these tests by:\n  ${needed}`);
  // Names of interfaces have at most 15 characters.
  const id = `fr${randomInt(0x1000, 0xffff).toString(16)}`;
  const subnets = freeSubnets();
  const bridges = { house: `${id}h`, street: `${id}s` };
  const machines = new Map<string, string>();
  const ports: string[] = [];

  const interrupt = () => process.exit(1);
  function dispose(): void {
    process.off('exit', dispose);
    process.off('SIGTERM', interrupt);
    for (const namespace of machines.values()) {
      for (const pid of pidsIn(namespace)) killQuietly(pid);
      quietly('netns', 'delete', namespace);
    }
    // By name: a namespace lives on while a connection of it waits for answers, and its wires with it.
    for (const link of [...ports, ...Object.values(bridges)]) quietly('link', 'delete', link);
  }

  // A test run that ends early leaves no network behind.
  process.once('exit', dispose);
  process.once('SIGTERM', interrupt);
  try {
    for (const network of ['house', 'street'] as const) {
      ip('link', 'add', bridges[network], 'type', 'bridge');
      ip('address', 'add', `${subnets[network]}.1/24`, 'dev', bridges[network]);
      ip('link', 'set', bridges[network], 'up');
    }
  } catch (error) {
    dispose();
    throw error;
  }

  function wire(namespace: string, network: NetworkName, number: number): Wire {
    const bridge = bridges[network];
    const port = `${bridge}${number}`;
    const address = `${subnets[network]}.${number}`;
    ip('link', 'add', port, 'type', 'veth', 'peer', 'name', network, 'netns', namespace);
    ports.push(port);
    ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', network);
    ip('-n', namespace, 'link', 'set', network, 'up');
    const plugIn = () => ip('link', 'set', port, 'master', bridge, 'up');
    plugIn();
    return { address, plugIn, unplug: () => ip('link', 'set', port, 'nomaster') };
  }

  return {
    houseAddress: `${subnets.house}.1`,
    streetAddress: `${subnets.street}.1`,
    machine(name) {
      const number = 2 + machines.size;
      const namespace = `${id}-${name}`;
      ip('netns', 'add', namespace);
      machines.set(name, namespace);
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
      const [house, street] = [wire(namespace, 'house', number), wire(namespace, 'street', number)];
      return { name, house, street, through: ['ip', 'netns', 'exec', namespace], pids: () => pidsIn(namespace) };
    },
    [Symbol.dispose]: dispose,
  };
}

/** The first three numbers of two networks that this machine has no route to. */
function freeSubnets(): Record<NetworkName, string> {
  const routes = ip('route', 'show', 'table', 'all');
  for (;;) {
    const both = `10.${randomInt(64, 250)}`;
    if (!routes.includes(` ${both}.`) && !routes.startsWith(`${both}.`)) return { house: `${both}.0`, street: `${both}.1` };
  }
}

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { stdio: 'pipe', encoding: 'utf8' });
}

/** For what may be gone already. */
function quietly(...args: readonly string[]): void {
  try {
    ip(...args);
  } catch {
    // It was not there.
  }
}

function pidsIn(namespace: string): number[] {
  try {
    return ip('netns', 'pids', namespace).split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
