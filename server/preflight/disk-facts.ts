/** What the journal will find in DATA_DIR: room, the right to write, and how long it takes until a line is on disk. */
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../rooms/ports.ts';
import { EventId } from '../../schemas/ids.ts';
import { openJournal } from '../store/journal.ts';

export interface DiskFacts {
  readonly freeBytes: number;
  /** Files that can still be made; null: this file system does not count them. */
  readonly freeFiles: number | null;
  /** From a write to its acknowledgement, through the journal itself. */
  readonly commitMs: { readonly median: number; readonly worst: number };
}

export interface DiskDeps {
  readonly clock: Clock;
  readonly log: Log;
}

const COMMITS = 25;
const ROOM_BYTES = 1_048_576;
const COMMIT_WITHIN_MS = 4_000;
const EVENT = EventId.parse('evt_000000000000');

/** Leaves nothing behind. Rejects with what went wrong when nothing can be written there. */
export async function readDisk(dataDir: string, { clock, log }: DiskDeps): Promise<DiskFacts> {
  await mkdir(dataDir, { recursive: true });
  const dir = await mkdtemp(join(dataDir, '.preflight-'));
  try {
    const { bavail, bsize, ffree, files } = await statfs(dataDir);
    // A disk that is full says so plainly here; the journal's thread could only end.
    await writeFile(join(dir, 'room'), Buffer.alloc(ROOM_BYTES));
    const local = await openJournal({
      path: join(dir, 'journal.sqlite'),
      clock,
      log,
      deadlineMs: COMMIT_WITHIN_MS,
    });
    try {
      const tookMs: number[] = [];
      for (let n = 0; n < COMMITS; n++) {
        const askedAtMs = clock.nowMs();
        await local.journal.appendFacts([
          { eventId: EVENT, section: 'preflight', atMs: n, fans: n, joins: 0, leaves: 0, lines: 0, reactions: 0 },
        ]);
        tookMs.push(clock.nowMs() - askedAtMs);
      }
      const sorted = tookMs.toSorted((a, b) => a - b);
      return {
        freeBytes: bavail * bsize,
        freeFiles: files === 0 ? null : ffree,
        commitMs: { median: sorted[Math.floor(COMMITS / 2)] ?? 0, worst: sorted.at(-1) ?? 0 },
      };
    } finally {
      await local.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
