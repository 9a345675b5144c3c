/**
 * What the venue needs beside its own processes, when nobody gave it: a Redis and a PostgreSQL of this run's own, in DATA_DIR,
 * kept alive by the same PM2.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { ClusterError } from './cluster-error.ts';
import type { ClusterDeps } from './deps.ts';
import { freePort } from './free-port.ts';
import { localPostgres, localPostgresUrl } from './local-postgres.ts';
import { localRedis, localRedisUrl } from './local-redis.ts';
import type { LocalService, Place } from './local-service.ts';
import { lastWords } from './log-tail.ts';
import { findPostgres, findProgram } from './programs.ts';
import { holdsWithin } from './wait.ts';

/** Recovery after a power cut takes its time. */
const ANSWER_WITHIN_MS = 60_000;

/** Kept between runs: the password is in the database, and whoever watches a port finds it again. */
const Kept = z.object({ password: z.string(), redisPort: z.int(), postgresPort: z.int() });
type Kept = z.infer<typeof Kept>;
const KEPT_FILE = 'local-services.json';

export interface ServicesWish {
  /** The cluster's own folder in DATA_DIR. */
  readonly dir: string;
  readonly logDir: string;
  readonly path: string;
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string | undefined;
}

export interface ServiceUrls {
  readonly REDIS_URL: string;
  readonly DATABASE_URL: string;
}

/** Resolves once both answer; starts those that were not given. `running`: names that PM2 keeps already. */
export async function openServices(
  wish: ServicesWish,
  {
    pm2,
    clock,
    say,
    interrupted,
    running,
  }: Pick<ClusterDeps, 'pm2' | 'clock' | 'say' | 'interrupted'> & { readonly running: readonly string[] },
): Promise<ServiceUrls> {
  const { redisUrl, databaseUrl, dir, logDir, path } = wish;
  const redisProgram = redisUrl === undefined ? findProgram('redis-server', path) : undefined;
  const postgresPrograms = databaseUrl === undefined ? findPostgres(path) : undefined;
  const missing = [
    redisUrl === undefined && redisProgram === undefined ? 'REDIS_URL is not set and redis-server is not installed' : null,
    databaseUrl === undefined && postgresPrograms === undefined ? 'DATABASE_URL is not set and postgres is not installed' : null,
  ].filter((problem) => problem !== null);
  if (missing.length > 0) throw new ClusterError(`${missing.join('; ')}. Give the address of one, or install it.`);

  const kept = await keptOf(join(dir, KEPT_FILE), running);
  const place = (name: string, port: number): Place => {
    return { dir: join(dir, name), port, password: kept.password, logFile: join(logDir, `${name}.log`) };
  };
  const redis = redisProgram && (await localRedis(redisProgram, place('redis', kept.redisPort)));
  const postgres = postgresPrograms && (await localPostgres(postgresPrograms, place('postgres', kept.postgresPort)));
  const ours = [redis, postgres].filter((service): service is LocalService => typeof service === 'object');
  const toStart = ours.filter(({ app }) => !running.includes(app.name));
  if (toStart.length > 0) {
    say(`starting ${toStart.map(({ app }) => app.name).join(' and ')} in ${dir}`);
    const file = join(dir, 'local-services.config.json');
    await writeFile(
      file,
      JSON.stringify({ apps: toStart.map(({ app }) => ({ ...app, ...EVERY_SERVICE, env: { PATH: path } })) }),
    );
    await pm2.start(file);
  }
  for (const service of ours) await comesUp(service, clock, interrupted);
  return { REDIS_URL: redisUrl ?? urlOf(redis), DATABASE_URL: databaseUrl ?? urlOf(postgres) };
}

const EVERY_SERVICE = {
  interpreter: 'none',
  exec_mode: 'fork',
  merge_logs: true,
  // They end their children themselves, in their own order.
  treekill: false,
  exp_backoff_restart_delay: 200,
  pmx: false,
  vizion: false,
  // Our secrets are none of theirs: no variable passes whose name contains nothing, which all do.
  filter_env: [''],
};

async function comesUp({ app, answers }: LocalService, clock: Clock, interrupted: AbortSignal): Promise<void> {
  if (await holdsWithin(clock, ANSWER_WITHIN_MS, answers, interrupted)) return;
  throw new ClusterError(`${app.name} does not answer. It said:\n${await lastWords(app.out_file)}`);
}

function urlOf(service: LocalService | string | undefined): string {
  if (typeof service !== 'object') throw new ClusterError('a local service has no address');
  return service.url;
}

/** Where the pair is that was started for the cluster in `dir`; undefined: none ever was. */
export async function localUrls(dir: string): Promise<ServiceUrls | undefined> {
  const text = await readFile(join(dir, KEPT_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { password, redisPort, postgresPort } = Kept.parse(JSON.parse(text));
  return {
    REDIS_URL: localRedisUrl({ password, port: redisPort }),
    DATABASE_URL: localPostgresUrl({ password, port: postgresPort }),
  };
}

async function keptOf(file: string, running: readonly string[]): Promise<Kept> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const known = text === undefined ? undefined : Kept.parse(JSON.parse(text));
  const port = (name: string, wished = 0) => (running.includes(name) ? Promise.resolve(wished) : freePort(wished));
  const kept: Kept = {
    password: known?.password ?? randomBytes(24).toString('base64url'),
    redisPort: await port('redis', known?.redisPort),
    postgresPort: await port('postgres', known?.postgresPort),
  };
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `${JSON.stringify(kept)}\n`, { mode: 0o600 });
  return kept;
}
