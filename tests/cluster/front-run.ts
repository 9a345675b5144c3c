/** A real nginx with the configuration that we give to people, over TLS, on ports and with a certificate of the test's own. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:http2';
import { Agent, type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { testCertificate } from '../support/certificate.ts';
import { freePorts } from '../support/free-ports.ts';
import { findCommand } from '../support/system-packages.ts';
import { until } from '../support/until.ts';

export interface Reply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface FrontRun extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  /** PEM, to be trusted by whoever connects. */
  readonly certificate: string;
  readonly errors: () => string;
  /** How many descriptors nginx has open, its workers together. */
  descriptors(): number;
  ask(path: string, options?: RequestOptions, body?: string): Promise<Reply>;
  /** Over HTTP/2. */
  askH2(path: string): Promise<Reply>;
}

/** `processes` from `port` on, as the generator's options have them. */
export async function startFront({
  port: first,
  processes,
}: {
  readonly port: number;
  readonly processes: number;
}): Promise<FrontRun> {
  const dir = mkdtempSync(join(tmpdir(), 'front-row-nginx-'));
  chmodSync(dir, 0o755);
  const conf = join(dir, 'nginx.conf');
  const { certFile, keyFile, certificate } = testCertificate();
  const port = await freePorts();
  const options = {
    'server-name': 'localhost',
    certificate: certFile,
    key: keyFile,
    processes: String(processes),
    port: String(first),
    listen: `127.0.0.1:${port}`,
    'listen-http': 'off',
    'state-dir': dir,
    workers: '1',
    // The most that a test machine's own limit allows is not ours to raise.
    fans: '1000',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  writeFileSync(conf, execFileSync(process.execPath, ['server/cluster/nginx-conf.ts', ...args]));
  const program = findCommand(['nginx'], `${process.env['PATH'] ?? ''}:/usr/sbin`) ?? 'nginx';
  const child = spawn(program, ['-c', conf, '-p', dir, '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const agent = new Agent({ ca: certificate });

  async function ask(path: string, asked: RequestOptions = {}, body?: string): Promise<Reply> {
    const sent = request({ host: 'localhost', family: 4, port, path, agent, ...asked });
    sent.end(body);
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: reply.statusCode ?? 0, headers: reply.headers, body: await text(reply) };
  }

  await until('nginx answers', async () => {
    if (child.exitCode !== null) assert.fail(`nginx ended:\n${said}`);
    return ask('/').then(
      () => true,
      () => false,
    );
  });
  return {
    origin: `https://localhost:${port}`,
    port,
    certificate,
    errors: () => said,
    descriptors: () => {
      const workers = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ').filter(Boolean);
      return workers.reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);
    },
    ask,
    async askH2(path) {
      const session = connect(`https://localhost:${port}`, { ca: certificate });
      try {
        const stream = session.request({ ':path': path });
        const [headers] = (await once(stream, 'response')) as [NodeJS.Dict<string | string[]>];
        return { status: Number(headers[':status']), headers, body: await text(stream) };
      } finally {
        session.close();
      }
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      child.kill('SIGTERM');
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
