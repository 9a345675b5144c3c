/** One command at a time changes a cluster. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ClusterError } from './cluster-error.ts';

/**
 * Rejects with a ClusterError that names the other command while there is one. SQLite's lock is the system's own: it ends with
 * the process that has it, however that ends, so none is ever left behind.
 */
export async function withLock<T>(dir: string, command: string, run: () => Promise<T>): Promise<T> {
  await mkdir(dir, { recursive: true });
  const lock = new DatabaseSync(join(dir, 'command.lock'));
  const note = join(dir, 'command.txt');
  try {
    if (!takes(lock)) {
      const who = (await readFile(note, 'utf8').catch(() => '')).trim() || 'Another command';
      throw new ClusterError(`${who} is at work here. Wait until it is done, then try again.`);
    }
    await writeFile(note, `${command} (process ${process.pid})\n`);
    return await run();
  } finally {
    lock.close();
  }
}

function takes(lock: DatabaseSync): boolean {
  try {
    lock.exec('begin exclusive');
    return true;
  } catch (error) {
    if (error instanceof Error && /locked/.test(error.message)) return false;
    throw error;
  }
}
