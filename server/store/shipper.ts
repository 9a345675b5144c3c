/** Ships this process's journal for as long as it runs, and the journals of processes of this machine that are gone. */
import { backoffMs, jitterMs } from '../../core/backoff.ts';
import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../rooms/deadline.ts';
import type { Log } from '../../rooms/ports.ts';
import type { JournalSink } from './pg-journal.ts';
import { type ShippedJournal, shipSome } from './ship-journal.ts';
import { claimOrphan, type Slot } from './ship-slots.ts';
import type { Backlog } from './ship-table.ts';

/** How often an idle journal is looked at, ±20%: a line is in the database about so long after its acknowledgement. */
const LOOK_EVERY_MS = 1_000;
/** How often the folder is searched for journals that nobody holds, ±20%. */
const ADOPT_EVERY_MS = 5_000;
/** While the database is away, full jitter. */
const RETRY = { baseMs: 250, capMs: 5_000 } as const;
/** What a process on its way out tries to ship still, in ms; the rest waits in its file for whoever adopts it. */
const LAST_SHIPMENTS_MS = 3_000;

export interface AdoptedJournal extends ShippedJournal {
  close(): Promise<void>;
}

export interface ShipperDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly own: ShippedJournal;
  readonly sink: JournalSink;
  /** Where the journals of this machine are. */
  readonly dir: string;
  /** Opens the journal of a process that is gone. */
  readonly openJournal: (path: string) => Promise<AdoptedJournal>;
}

/** For the metrics. */
export interface ShipStatus {
  /** Rows of this process's journal that wait, and since when; as of the last look. */
  readonly backlog: Backlog;
  /** Rows shipped since the start, those of adopted journals included. */
  readonly shipped: number;
  /** Rows that the database refuses for what they are. */
  readonly refused: number;
  /** Failed attempts in a row. */
  readonly failures: number;
  /** The journal of another process that is being shipped. */
  readonly adopting: string | null;
  readonly adopted: number;
}

export interface Shipper {
  status(): ShipStatus;
  /** Ships what is left, for a bounded time, and lets go of everything. Call before the own journal is closed. */
  close(): Promise<void>;
}

interface Adoption {
  readonly slot: Slot;
  readonly journal: AdoptedJournal;
}

export function startShipper({ clock, random, log, own, sink, dir, openJournal }: ShipperDeps): Shipper {
  const unreadable = new Set<string>();
  const status = { backlog: { rows: 0, oldestAtMs: null } as Backlog, shipped: 0, refused: 0, failures: 0, adopted: 0 };
  let adoption: Adoption | null = null;
  let lookForOrphansAtMs = 0;
  let isClosing = false;
  let cancel = () => {};
  let round = Promise.resolve();

  async function ship(journal: ShippedJournal): Promise<boolean> {
    const { rows, refused, isAll } = await shipSome(journal, sink, log);
    status.shipped += rows - refused;
    status.refused += refused;
    return isAll;
  }

  async function adopt(): Promise<void> {
    if (adoption !== null || clock.nowMs() < lookForOrphansAtMs) return;
    const slot = claimOrphan(dir, unreadable);
    if (slot === null) {
      lookForOrphansAtMs = clock.nowMs() + jitterMs(ADOPT_EVERY_MS, 0.2, random);
      return;
    }
    try {
      adoption = { slot, journal: await openJournal(slot.path) };
    } catch (err) {
      // Of a newer version, or broken: not ours to ship.
      log.error({ err, path: slot.path }, 'a journal that nobody holds cannot be opened');
      unreadable.add(slot.path);
      slot.release();
    }
  }

  async function letGo({ slot, journal }: Adoption, isShipped: boolean): Promise<void> {
    adoption = null;
    await journal.close();
    if (isShipped) {
      slot.finish();
      status.adopted += 1;
    }
    slot.release();
  }

  /** True when there was nothing left to do. */
  async function once(): Promise<boolean> {
    const isAll = await ship(own);
    await adopt();
    if (adoption === null) return isAll;
    if (await ship(adoption.journal)) await letGo(adoption, true);
    return false;
  }

  async function run(): Promise<void> {
    let waitMs = 0;
    try {
      if (await once()) waitMs = jitterMs(LOOK_EVERY_MS, 0.2, random);
      status.failures = 0;
    } catch (err) {
      waitMs = backoffMs(status.failures, RETRY, random);
      status.failures += 1;
      log.warn({ err, failures: status.failures, waitMs }, 'the journal could not be shipped; it waits');
    }
    // What the journal cannot say now it says at the next look.
    status.backlog = await own.backlog().catch(() => status.backlog);
    if (!isClosing) cancel = clock.after(waitMs, next);
  }

  function next(): void {
    round = run();
  }

  async function shipTheRest(): Promise<void> {
    while (!(await ship(own))) {}
  }

  next();
  return {
    status: () => ({ ...status, adopting: adoption?.slot.path ?? null }),
    async close() {
      isClosing = true;
      cancel();
      await round;
      if (adoption !== null) await letGo(adoption, false);
      const late = () => Promise.reject(new Error('no time was left'));
      await withDeadline(clock, shipTheRest(), late, LAST_SHIPMENTS_MS).catch((err: unknown) => {
        log.warn({ err }, 'not all of the journal was shipped; it waits in its file');
      });
      await sink.close();
    },
  };
}
