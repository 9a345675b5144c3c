/**
 * Journals of many processes in one folder: `journal.sqlite`, `journal-1.sqlite`, `journal-2.sqlite` …, each held by one process.
 *
 * Who holds one holds a lock of the operating system on the file beside it (`journal-1.lock`, by way of SQLite, Node has none of
 * its own): it ends with the process, however that ends, and outlasts a stopped one. No process id, start time or clock can
 * mislead it. A process takes the first journal that nobody holds, so whoever starts after a crash carries on with what was
 * left; what nobody takes is shipped by any other process of the machine.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface Slot {
  /** The journal's file, which may not be there yet. */
  readonly path: string;
  /** Tells everybody that nothing of it is left to ship, until somebody writes to it again; close the journal first. */
  finish(): void;
  /** Lets it go; close the journal first. */
  release(): void;
}

/** Locks are lost when nobody remembers them. */
const held = new Set<DatabaseSync>();

const JOURNAL = /^journal(?:-(\d+))?\.sqlite$/;

/** Takes the first journal of the folder that nobody holds, or begins a new one. */
export function claimJournal(dir: string): Slot {
  mkdirSync(dir, { recursive: true });
  for (let index = 0; ; index += 1) {
    const slot = claim(dir, index);
    if (slot !== null) return slot;
  }
}

/** Every journal of the folder, held or not. */
export function journalPaths(dir: string): string[] {
  const names = existsSync(dir) ? readdirSync(dir) : [];
  return names.filter((name) => JOURNAL.test(name)).map((name) => join(dir, name));
}

/** A journal that nobody holds and that may have something to ship, not one of `except`; null when there is none. */
export function claimOrphan(dir: string, except: ReadonlySet<string> = new Set()): Slot | null {
  for (const name of readdirSync(dir).toSorted()) {
    const found = JOURNAL.exec(name);
    const path = join(dir, name);
    if (found === null || except.has(path) || isFinished(path)) continue;
    const slot = claim(dir, Number(found[1] ?? 0));
    // It may have been finished, or taken and left again, since we looked.
    if (slot !== null && !isFinished(path)) return slot;
    slot?.release();
  }
  return null;
}

function isFinished(path: string): boolean {
  try {
    return readFileSync(finishedFile(path), 'utf8') === stampOf(path);
  } catch {
    return false;
  }
}

const finishedFile = (path: string) => path.replace(/\.sqlite$/, '.shipped');

/** Whether and when somebody wrote to it last. */
function stampOf(path: string): string {
  return [path, `${path}-wal`]
    .map((file) => {
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats === undefined ? '-' : `${stats.size}@${stats.mtimeMs}`;
    })
    .join(' ');
}

function claim(dir: string, index: number): Slot | null {
  const name = index === 0 ? 'journal' : `journal-${index}`;
  const lock = new DatabaseSync(join(dir, `${name}.lock`), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (isBusy(error)) return null;
    throw error;
  }
  held.add(lock);
  const path = join(dir, `${name}.sqlite`);
  return {
    path,
    finish: () => writeFileSync(finishedFile(path), stampOf(path)),
    release() {
      held.delete(lock);
      lock.close();
    },
  };
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' && (errcode & 0xff) === SQLITE_BUSY;
}
