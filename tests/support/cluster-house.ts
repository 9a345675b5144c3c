/** The house as `npm run cluster` opens it: two processes under PM2, Redis, PostgreSQL, and nginx with TLS before them. */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { prepareCluster } from '../cluster/cluster-run.ts';
import { startFront } from '../cluster/front-run.ts';
import { testCertificate } from './certificate.ts';
import type { PartyOptions, PartyProcess } from './open-party.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { startRedis } from './redis-server.ts';

const PROCESSES = 2;

/** Of houses with a data folder of the test's own: it books events there before the house opens. */
const databases = new Map<string, Promise<PostgresServer>>();

/** The database of the house whose data folder this is; started when it is first asked for, gone with the house. */
export async function databaseOfHouse(dataDir: string): Promise<string> {
  const started = databases.get(dataDir) ?? startPostgres();
  databases.set(dataDir, started);
  return (await started).url();
}

let isTrusted = false;

/** Strangers in this process trust what the browsers trust. */
function trustOurselves(): void {
  if (isTrusted) return;
  isTrusted = true;
  setDefaultCACertificates([...getCACertificates(), testCertificate().certificate]);
}

export async function startClusterHouse({ media, dataDir, env }: PartyOptions): Promise<PartyProcess> {
  trustOurselves();
  await using stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const ownDir = dataDir ?? `house ${databases.size}`;
  const databaseUrl = await databaseOfHouse(ownDir);
  stack.defer(async () => {
    const started = databases.get(ownDir);
    databases.delete(ownDir);
    await (await started)?.[Symbol.asyncDispose]();
  });
  const cluster = stack.use(
    await prepareCluster(PROCESSES, {
      REDIS_URL: redis.url,
      DATABASE_URL: databaseUrl,
      TRUSTED_PROXIES: 'loopback',
      ...(media && { MEDIA_DIR: media }),
      ...env,
    }),
  );
  const front = stack.use(await startFront({ port: cluster.port, processes: PROCESSES }));
  const printed = await cluster.start({ PUBLIC_URL: front.origin, PUBLIC_ADDRESS: `localhost:${front.port}/p{n}` });
  const [pid] = (await cluster.status()).map(({ pid }) => pid);
  const [fanUrl, hostUrl] = [new URL(printed.fanUrl), new URL(printed.hostUrl)];
  const opened = stack.move();
  const close = async (signal?: NodeJS.Signals) => {
    if (signal === 'SIGKILL') {
      // PM2 first: it would start the others again.
      const lines = cluster.alive().toSorted((a, b) => Number(/God Daemon/.test(b)) - Number(/God Daemon/.test(a)));
      for (const line of lines) killQuietly(Number.parseInt(line, 10));
    }
    await opened.disposeAsync();
    return signal === 'SIGKILL' ? null : 0;
  };
  return {
    origin: fanUrl.origin,
    slug: fanUrl.pathname.split('/').at(-1) ?? '',
    fanUrl: printed.fanUrl,
    hostUrl: printed.hostUrl,
    invite: new URLSearchParams(hostUrl.hash.slice(1)).get('invite') ?? '',
    pid: pid ?? -1,
    stop: close,
    [Symbol.asyncDispose]: async () => void (await close()),
  };
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with its parent.
  }
}
