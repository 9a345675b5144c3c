/** A PostgreSQL of our own: on loopback, behind a password, in a folder of DATA_DIR. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, lstat, mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Client } from 'pg';
import { ClusterError } from './cluster-error.ts';
import type { LocalService, Place } from './local-service.ts';

const USER = 'front_row';
const DATABASE = 'front_row';
/** A fast shutdown writes a checkpoint. */
const END_WITHIN_MS = 60_000;
const ANSWER_WITHIN_MS = 1_000;
/** Where its folder goes when the user it runs as may not enter DATA_DIR. */
const OPEN_TO_ALL = '/var/lib/front-row';

/** PostgreSQL refuses to run as root: then it runs as one of these, the first that there is. */
const UNPRIVILEGED = ['postgres', 'nobody'];

interface Owner {
  readonly user?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** `programs`: the folder of `postgres` and `initdb`. */
export async function localPostgres(programs: string, { dir: wished, port, password, logFile }: Place): Promise<LocalService> {
  const owner = ownerOf();
  const dir = await homeOf(wished, owner);
  const data = join(dir, 'data');
  if (!existsSync(data)) await initialise(programs, dir, data, owner, password);
  const url = (database: string) => localPostgresUrl({ password, port }, database);
  return {
    url: url(DATABASE),
    app: {
      name: 'postgres',
      script: join(programs, 'postgres'),
      args: ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='].concat([
        '-c',
        'max_connections=500',
      ]),
      cwd: dir,
      ...(owner.user === undefined ? {} : { user: owner.user }),
      kill_timeout: END_WITHIN_MS,
      out_file: logFile,
      error_file: logFile,
    },
    answers: () => answers(url('postgres')),
  };
}

function ownerOf(): Owner {
  if (process.getuid?.() !== 0) return {};
  for (const user of UNPRIVILEGED) {
    const [uid, gid] = ['-u', '-g'].map((which) => spawnSync('id', [which, user], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { user, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new ClusterError(
    'PostgreSQL does not run as root, and there is no user "postgres" to run it as: add one, or give DATABASE_URL.',
  );
}

/** The folder, which its owner can reach: `wished`, or what it then links to. */
async function homeOf(wished: string, owner: Owner): Promise<string> {
  if ((await lstat(wished).catch(() => undefined))?.isSymbolicLink()) return readlink(wished);
  await mkdir(wished, { recursive: true, mode: 0o700 });
  const { uid, gid } = owner;
  if (uid === undefined || gid === undefined) return wished;
  await chown(wished, uid, gid);
  if (spawnSync('test', ['-w', wished], { uid, gid }).status === 0) return wished;
  // Some folder above is closed to everybody else, as root's home is; opening it is not ours to do.
  const open = join(OPEN_TO_ALL, crypto.randomUUID());
  await mkdir(open, { recursive: true, mode: 0o755 });
  await chown(open, uid, gid);
  await rm(wished, { recursive: true });
  await symlink(open, wished);
  return open;
}

/** Made aside and moved into place, so that a start that was cut off leaves no half of a database behind. */
async function initialise(programs: string, dir: string, data: string, owner: Owner, password: string): Promise<void> {
  const draft = join(dir, 'data.new');
  const passwordFile = join(dir, 'password');
  await rm(draft, { recursive: true, force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  const { uid, gid } = owner;
  const as = uid === undefined || gid === undefined ? {} : { uid, gid };
  if (uid !== undefined && gid !== undefined) await chown(passwordFile, uid, gid);
  const args = ['-D', draft, '-U', USER, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'];
  try {
    execFileSync(join(programs, 'initdb'), args, { ...as, cwd: dir, stdio: 'pipe' });
  } catch (error) {
    throw new ClusterError(`initdb failed in ${basename(dir)}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, data);
}

export function localPostgresUrl({ password, port }: Pick<Place, 'password' | 'port'>, database = DATABASE): string {
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

/** Whether it answers and has our database, which is made when it is missing. */
async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: ANSWER_WITHIN_MS, query_timeout: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
    return true;
  } catch {
    // Not there yet, or still recovering.
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
