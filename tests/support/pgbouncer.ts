/** A real PgBouncer in transaction mode before a test's PostgreSQL. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePorts } from './free-ports.ts';
import { own, type PostgresServer, unprivileged } from './postgres-server.ts';
import { findCommand } from './system-packages.ts';
import { until } from './until.ts';

export interface PgBouncer extends AsyncDisposable {
  /** Of any database of the server behind. */
  url(name?: string): string;
}

/** `poolSize`: server connections per database; 1 makes any state left on a connection reach whoever comes next. */
export async function startPgBouncer(behind: PostgresServer, { poolSize = 2 } = {}): Promise<PgBouncer> {
  const dir = mkdtempSync(join(tmpdir(), 'front-row-pgbouncer-'));
  const port = await freePorts();
  const who = unprivileged();
  const users = join(dir, 'users.txt');
  const config = join(dir, 'pgbouncer.ini');
  writeFileSync(users, `"${behind.user}" ""\n`);
  // Everything that its own default refuses stays refused: no startup parameter is ignored.
  writeFileSync(
    config,
    `[databases]
* = host=127.0.0.1 port=${behind.port} user=${behind.user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 200
server_login_retry = 1
`,
  );
  own(dir, users, config);
  const command = findCommand(['pgbouncer'], `${process.env['PATH'] ?? ''}:/usr/sbin`) ?? 'pgbouncer';
  const child = spawn(command, ['-q', config], { ...who, cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(child, 'exit');
  const abandon = () => void child.kill('SIGKILL');
  process.once('exit', abandon);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  const url = (name = 'postgres') => `postgres://${behind.user}@127.0.0.1:${port}/${name}`;
  await until('PgBouncer answers', async () => {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended:\n${said}`);
    const client = new Client({ connectionString: url() });
    client.on('error', () => undefined);
    return client.connect().then(
      () => client.end().then(() => true),
      () => false,
    );
  });
  return {
    url,
    async [Symbol.asyncDispose]() {
      process.off('exit', abandon);
      child.kill('SIGKILL');
      await gone;
      rmSync(dir, { recursive: true });
    },
  };
}
