/** Two machines with a cluster each, as docs/operations.md has it: one Redis, one PostgreSQL, one set of secrets. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterRun, prepareCluster, type StatusRow } from '../cluster/cluster-run.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { type Machine, type Network, openNetwork } from './namespaces.ts';

const SECRET = 'as-secret-as-a-test-can-be';
const ADMIN_TOKEN = 'whoever-runs-the-test';
const SETTLED_WITHIN_MS = 60_000;
const STAGE_WITHIN_MS = 20_000;
/** On a box that is busy with other things. */
const STATUS_WITHIN_MS = 10_000;

/** A machine with its cluster. */
export interface House {
  readonly machine: Machine;
  readonly cluster: ClusterRun;
  /** Where fans reach each of its processes. */
  readonly origins: readonly string[];
  readonly hostUrl: string;
  /** What each process says of itself, asked over the street; rejects when one does not answer. */
  status(): Promise<StatusRow[]>;
}

export interface TwoMachines extends AsyncDisposable {
  readonly network: Network;
  readonly redis: RedisServer;
  readonly postgres: PostgresServer;
  readonly a: House;
  readonly b: House;
  /** The machine that has the demo's stage, and the other, once there is one only: who lost it unasked is told when its wires are back. */
  staged(): Promise<{ readonly staged: House; readonly other: House }>;
}

export interface TwoMachinesOptions {
  /** On each machine. */
  readonly processes?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startTwoMachines({ processes = 2, env = {} }: TwoMachinesOptions = {}): Promise<TwoMachines> {
  const stack = new AsyncDisposableStack();
  const addresses: string[] = [];
  stack.defer(() => hangUp(addresses));
  try {
    const network = stack.use(openNetwork());
    const scratch = mkdtempSync(join(tmpdir(), 'front-row-machines-'));
    stack.defer(() => rmSync(scratch, { recursive: true, force: true }));
    // PostgreSQL runs as somebody else.
    chmodSync(scratch, 0o755);
    const access = join(scratch, 'pg_hba.conf');
    writeFileSync(access, ['local all all trust', 'host all all samehost trust', 'host all all samenet trust', ''].join('\n'));

    const password = 'from-other-machines-too';
    const [redis, postgres] = await Promise.all([
      startRedis({ password, address: network.houseAddress }),
      startPostgres({ listen_addresses: `127.0.0.1,${network.houseAddress}`, hba_file: access, max_connections: '100' }),
    ]);
    stack.defer(() => redis.stop());
    stack.use(postgres);
    const atHome = (url: string) => url.replace('127.0.0.1', network.houseAddress);
    const shared = {
      REDIS_URL: atHome(redis.url),
      DATABASE_URL: atHome(await postgres.createDatabase('party')),
      TICKET_SECRET: SECRET,
      ADMIN_TOKEN,
      HOST: '',
      ...env,
    };

    const start = async (name: string): Promise<House> => {
      const machine = network.machine(name);
      const { address } = machine.street;
      addresses.push(address);
      const cluster = await prepareCluster(processes, { ...shared, PUBLIC_ADDRESS: `${address}:{port}` }, machine.through);
      stack.defer(() => rmSync(join(cluster.dataDir, '..'), { recursive: true, force: true }));
      const origins = Array.from({ length: processes }, (_, n) => `http://${address}:${cluster.port + n}`);
      const { hostUrl } = await cluster.start({ PUBLIC_URL: origins[0] ?? '' });
      return { machine, cluster, origins, hostUrl, status: () => Promise.all(origins.map(statusAt)) };
    };
    // One after the other: the first to come creates what the database holds, as on the night that a house is opened.
    const [a, b] = [await start('a'), await start('b')];
    const staged = async () => {
      let having: readonly number[] = [];
      const isOne = async () => {
        having = await Promise.all([a, b].map(async ({ status }) => (await status()).flatMap(({ stages }) => stages).length));
        return Math.min(...having) === 0 && Math.max(...having) === 1;
      };
      await until('there is one stage', isOne, STAGE_WITHIN_MS);
      return having[0] === 1 ? { staged: a, other: b } : { staged: b, other: a };
    };
    await until(
      'every process has a section',
      async () => {
        const rows = (await Promise.all([a.status(), b.status()])).flat();
        return rows.every(({ ready, sections }) => ready && sections.length > 0);
      },
      SETTLED_WITHIN_MS,
    );
    await staged();
    const owned = stack.move();
    return { network, redis, postgres, a, b, staged, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function statusAt(origin: string): Promise<StatusRow> {
  const reply = await fetch(`${origin}/status`, {
    headers: { connection: 'close', authorization: `Bearer ${ADMIN_TOKEN}` },
    signal: AbortSignal.timeout(STATUS_WITHIN_MS),
  });
  return (await reply.json()) as StatusRow;
}

/** Ends our connections to machines that are gone. Nobody answers their goodbyes, and TCP tries for a quarter of an hour. */
function hangUp(addresses: readonly string[]): void {
  const { _getActiveHandles: open } = process as unknown as { _getActiveHandles(): unknown[] };
  for (const handle of open.call(process)) {
    if (handle instanceof Socket && addresses.includes(handle.remoteAddress ?? '')) handle.destroy();
  }
}
