/** What a cluster on this machine is to be, by the environment. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Config, ConfigError, readConfig } from '../config.ts';
import type { Env } from './pm2.ts';

/** Two survive each other; more than there are cores gain nothing on one machine. */
const DEFAULT_PROCESSES = Math.max(2, availableParallelism());
const ANY_REDIS = 'redis://127.0.0.1';
const ANY_DATABASE = 'postgres://127.0.0.1/front_row';

export interface ClusterPlan {
  readonly config: Config;
  readonly processes: number;
  /** Whether somebody said how many and where, or it is merely the default. */
  readonly isAsked: { readonly port: boolean; readonly processes: boolean };
  /** Where the processes are asked from this machine. */
  readonly probeHost: string;
  /** What belongs to the cluster itself, in DATA_DIR. */
  readonly dir: string;
  readonly logDir: string;
  readonly pm2Home: string;
  /** As given; undefined: a local one is to be started. */
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string | undefined;
  /** Where programs are looked for. */
  readonly path: string;
  /** For the processes: what was given, made complete. */
  readonly env: Env;
}

/** What a process that was started before may be told anew: how many there are and where was settled then. */
export function settingsOf({ env }: Pick<ClusterPlan, 'env'>): Env {
  return { ...env, PORT: undefined, PROCESSES: undefined, DATA_DIR: undefined };
}

/** Those addresses that were given, for the record. */
export const givenTo = ({ redisUrl, databaseUrl }: Pick<ClusterPlan, 'redisUrl' | 'databaseUrl'>) => ({
  REDIS_URL: redisUrl,
  DATABASE_URL: databaseUrl,
});

export const processName = (index: number): string => `front-row-${index}`;
export const PROCESS_PREFIX = 'front-row-';

/** Throws a ConfigError that names everything wrong, as each process would. */
export function readPlan(given: Env): ClusterPlan {
  const processes = given['PROCESSES'] || String(DEFAULT_PROCESSES);
  const redisUrl = given['REDIS_URL'] || undefined;
  const databaseUrl = given['DATABASE_URL'] || undefined;
  const complete = { ...given, PROCESSES: processes, PROCESS_INDEX: '0', NODE_APP_INSTANCE: undefined };
  const config = readConfig({ ...complete, REDIS_URL: redisUrl ?? ANY_REDIS, DATABASE_URL: databaseUrl ?? ANY_DATABASE }, []);
  if (config === 'help') throw new ConfigError(['command line: unexpected']);
  if (config.port === 0) throw new ConfigError(['PORT: must be a port, since process n listens on PORT + n']);
  if (config.port + Number(processes) > 65_536) throw new ConfigError(['PORT: PORT + PROCESSES goes beyond the last port']);
  const dir = join(config.dataDir, 'cluster');
  return {
    config,
    processes: Number(processes),
    isAsked: { port: Boolean(given['PORT']), processes: Boolean(given['PROCESSES']) },
    probeHost: probeHostOf(config.host),
    dir,
    logDir: join(dir, 'logs'),
    pm2Home: join(dir, 'pm2'),
    redisUrl,
    databaseUrl,
    path: given['PATH'] ?? '',
    env: {
      ...given,
      PROCESSES: processes,
      PORT: String(config.port),
      DATA_DIR: config.dataDir,
      PROCESS_INDEX: undefined,
      NODE_APP_INSTANCE: undefined,
    },
  };
}

/** Who listens on every interface listens on loopback, where no token is asked for. */
function probeHostOf(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
