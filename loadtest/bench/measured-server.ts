/** A server under measurement: started with the probe in it, asked by messages, ended for good. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contestant } from './contestants.ts';
import type { Figures, ProbeAsked, ProbeSays } from './probe.ts';

export interface MeasuredServer extends AsyncDisposable {
  readonly port: number;
  figures(kind?: ProbeAsked['kind']): Promise<Figures>;
}

/** Resolves when it takes fans; rejects when it ends before that. */
export async function startMeasured({ program, args, env }: Contestant, baseEnv: NodeJS.ProcessEnv): Promise<MeasuredServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'front-row-bench-'));
  const child = spawn(process.execPath, ['--expose-gc', '--import', './loadtest/bench/probe.ts', program, ...args(dataDir)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...baseEnv, NODE_ENV: 'production', PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, ...env },
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const port = await ready(child);
    return {
      port,
      async figures(kind = 'figures') {
        child.send({ kind } satisfies ProbeAsked);
        for (;;) {
          const [said] = (await once(child, 'message')) as [ProbeSays | string];
          if (typeof said === 'object' && said.kind === 'figures') return said.figures;
        }
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ready(child: ChildProcess): Promise<number> {
  let port: number | undefined;
  return new Promise((resolve, reject) => {
    child.on('message', (said: ProbeSays | string) => {
      if (said === 'ready' && port !== undefined) resolve(port);
      if (typeof said === 'object' && said.kind === 'listening') port = said.port;
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
}
