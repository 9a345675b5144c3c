/** A Redis of our own: on loopback, behind a password, durable, in a folder of DATA_DIR. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { LocalService, Place } from './local-service.ts';

const END_WITHIN_MS = 20_000;
const ANSWER_WITHIN_MS = 1_000;

export async function localRedis(program: string, { dir, port, password, logFile }: Place): Promise<LocalService> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, 'redis.conf');
  const settings = {
    bind: '127.0.0.1',
    port,
    requirepass: password,
    dir: JSON.stringify(dir),
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '""',
    'maxmemory-policy': 'noeviction',
    // Its command line keeps naming this file, by which it is known again.
    'set-proc-title': 'no',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  await writeFile(file, lines.join(''), { mode: 0o600 });
  const url = localRedisUrl({ password, port });
  return {
    url,
    app: {
      name: 'redis',
      script: program,
      args: [file],
      cwd: dir,
      kill_timeout: END_WITHIN_MS,
      out_file: logFile,
      error_file: logFile,
    },
    answers: () => answers(url),
  };
}

export function localRedisUrl({ password, port }: Pick<Place, 'password' | 'port'>): string {
  return `redis://:${password}@127.0.0.1:${port}`;
}

async function answers(url: string): Promise<boolean> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: ANSWER_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
    enableOfflineQueue: false,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } catch {
    // Not there yet, or still reading what it kept.
    return false;
  } finally {
    redis.disconnect();
  }
}
