/** Who has the ports that the processes will listen on. */
import { portIsFree } from '../cluster/free-port.ts';

export interface PortsFacts {
  readonly from: number;
  readonly to: number;
  /** Where a Front Row answers already. */
  readonly ours: readonly number[];
  /** Where somebody else listens. */
  readonly taken: readonly number[];
}

const ANSWER_WITHIN_MS = 1_000;

export interface PortsWish {
  readonly first: number;
  readonly processes: number;
  /** Where they listen; undefined: on every interface. */
  readonly host: string | undefined;
  /** Where they are asked. */
  readonly probeHost: string;
}

export async function readPorts({ first, processes, host, probeHost }: PortsWish): Promise<PortsFacts> {
  const ports = Array.from({ length: processes }, (_, n) => first + n);
  const free = await Promise.all(ports.map((port) => portIsFree(port, host)));
  const busy = ports.filter((_, n) => !free[n]);
  const healthy = await Promise.all(busy.map((port) => isOurs(probeHost, port)));
  return {
    from: first,
    to: first + processes - 1,
    ours: busy.filter((_, n) => healthy[n]),
    taken: busy.filter((_, n) => !healthy[n]),
  };
}

async function isOurs(host: string, port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const reply = await fetch(`http://${host}:${port}/healthz`, { headers: { connection: 'close' }, signal });
    return reply.ok && ((await reply.json()) as { healthy?: unknown }).healthy === true;
  } catch {
    return false;
  }
}
