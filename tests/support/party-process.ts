/** A real server in its own process: `server/main.ts` on a free port, with a data folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startClusterHouse } from './cluster-house.ts';
import { isClusterHouse } from './house-kind.ts';
import type { PartyOptions, PartyProcess } from './open-party.ts';

/** A machine that others use too may take its time. */
const START_WITHIN_MS = 60_000;
/** Longer than a drain may take. */
const STOP_WITHIN_MS = 30_000;

/**
 * Resolves once both URLs are printed; rejects with what the server said when it ends before that. With FRONT_ROW_HOUSE=cluster
 * it is the whole thing behind nginx instead.
 */
export async function startParty({ media, dataDir, env }: PartyOptions = {}): Promise<PartyProcess> {
  const options = { ...(media && { media }), ...(dataDir && { dataDir }), ...(env && { env }) };
  return isClusterHouse ? startClusterHouse(options) : startProcess(options);
}

/** One process, whatever the house: for tests that put several together themselves. */
export async function startProcess({ media, dataDir, env }: PartyOptions): Promise<PartyProcess> {
  const ownDir = dataDir ? undefined : mkdtempSync(join(tmpdir(), 'front-row-party-'));
  const child = spawn(process.execPath, ['server/main.ts', ...(media ? ['--media', media] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'warn', DATA_DIR: dataDir ?? ownDir, ...env },
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    const code = await exited;
    clearTimeout(killer);
    if (ownDir) rmSync(ownDir, { recursive: true, force: true });
    return code;
  };
  try {
    const { fan, host } = await printedUrls(child);
    const [fanUrl, hostUrl] = [new URL(fan), new URL(host)];
    return {
      origin: fanUrl.origin,
      slug: fanUrl.pathname.split('/').at(-1) ?? '',
      fanUrl: fan,
      hostUrl: host,
      invite: new URLSearchParams(hostUrl.hash.slice(1)).get('invite') ?? '',
      pid: child.pid ?? -1,
      stop,
      [Symbol.asyncDispose]: async () => void (await stop()),
    };
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
}

async function printedUrls(child: ChildProcess): Promise<{ fan: string; host: string }> {
  const said: string[] = [];
  const urls: { fan?: string; host?: string } = {};
  const { promise, resolve, reject } = Promise.withResolvers<{ fan: string; host: string }>();
  const hear = (line: string) => {
    said.push(line);
    const [, which, url] = /^(fan|host) {2}(\S+)$/.exec(line) ?? [];
    if (which === 'fan' || which === 'host') urls[which] = url ?? '';
    if (urls.fan && urls.host) resolve({ fan: urls.fan, host: urls.host });
  };
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', hear);
  const timer = setTimeout(() => reject(new Error(`the server did not start:\n${said.join('\n')}`)), START_WITHIN_MS);
  child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${said.join('\n')}`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
