/** Several real processes of one installation: one data folder, one Redis of their own, each on a free port. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFlac } from '../../server/media/demo/flac.ts';
import type { PartyProcess } from './open-party.ts';
import { startProcess } from './party-process.ts';
import { type RedisServer, startRedis } from './redis-server.ts';
import { until } from './until.ts';

const RATE_HZ = 32_000;

export interface PartyCluster extends AsyncDisposable {
  readonly redis: RedisServer;
  readonly dataDir: string;
  /** Those that live. */
  readonly processes: readonly PartyProcess[];
  /** Starts processes, one after another, until `count` live and know each other. */
  fill(count: number): Promise<void>;
  /** What each living process says of itself. */
  status(process: PartyProcess): Promise<ClusterStatus>;
  /** The living process that has the stage; undefined while there is none. */
  staged(): Promise<PartyProcess | undefined>;
}

export interface ClusterStatus {
  readonly processId: string;
  readonly ready: boolean;
  readonly stages: readonly string[];
  readonly sections: readonly { readonly roomId: string; readonly slug: string; readonly fans: number }[];
}

export async function startPartyCluster(count: number, env: Readonly<Record<string, string>> = {}): Promise<PartyCluster> {
  const dataDir = mkdtempSync(join(tmpdir(), 'front-row-cluster-'));
  const media = quietMusic(dataDir);
  const redis = await startRedis();
  const processes: PartyProcess[] = [];
  const dispose = async () => {
    await Promise.all([...processes].map((process) => process.stop('SIGKILL')));
    await redis.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const start = async () => {
    const started = await startProcess({ media, dataDir, env: { REDIS_URL: redis.url, ...env } });
    const stop: PartyProcess['stop'] = (signal) => {
      processes.splice(processes.indexOf(one), 1);
      return started.stop(signal);
    };
    const one = { ...started, stop };
    processes.push(one);
  };
  const status: PartyCluster['status'] = async ({ origin }) => {
    const reply = await fetch(`${origin}/status`, { headers: { connection: 'close' } });
    return (await reply.json()) as ClusterStatus;
  };
  const staged: PartyCluster['staged'] = async () => {
    for (const process of processes) {
      const known = await status(process).catch(() => undefined);
      if (known !== undefined && known.stages.length > 0) return process;
    }
    return undefined;
  };
  const fill = async (wanted: number) => {
    while (processes.length < wanted) await start();
    await until('every process has a section', async () => {
      const known = await Promise.all(processes.map(status));
      return known.every(({ ready, sections }) => ready && sections.length > 0);
    });
  };
  try {
    await fill(count);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { redis, dataDir, processes, fill, status, staged, [Symbol.asyncDispose]: dispose };
}

/** A folder of two long tracks in `dir`; returns its path. */
export function quietMusic(dir: string): string {
  const media = join(dir, 'music');
  mkdirSync(media);
  ['First', 'Second'].forEach((title, n) => writeFileSync(join(media, `${n}.flac`), silence(title)));
  return media;
}

/** Ten minutes that cost nothing to read. */
function silence(title: string): Uint8Array {
  const samples = () => new Int16Array(RATE_HZ * 600);
  const comments = { TITLE: title, ARTIST: 'Nobody', ALBUM: 'Quiet' };
  return encodeFlac({ rateHz: RATE_HZ, left: samples(), right: samples() }, { comments, picture: null });
}
