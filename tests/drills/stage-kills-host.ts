/** A host who gives one command after the other, and a ledger of those that were acknowledged. */
import type { StaffSession } from '../../client/session/staff-types.ts';
import { PartyError } from '../../core/errors.ts';

const BETWEEN_COMMANDS_MS = 40;
/** The drill's tracks are ten minutes long: nothing ends meanwhile. */
const SEEK_MAX_MS = 300_000;
/** Of so many commands one is a seek. */
const SEEK_EVERY = 4;

/** An acknowledged command. */
export interface Acknowledged {
  /** Counts the commands that this host gave. */
  readonly n: number;
  readonly atMs: number;
  /** The epoch that the console saw when the answer came. */
  readonly epoch: number;
  readonly revision: number;
  /** Of a seek: from `applyAtMs` on, the playhead is `toMs` and what has passed since. */
  readonly seek: { readonly toMs: number; readonly applyAtMs: number } | null;
}

export interface BusyHost {
  readonly acknowledged: readonly Acknowledged[];
  /** Codes of commands that were refused. */
  readonly refused: readonly string[];
  /** The last acknowledged seek. */
  lastSeek(): { readonly toMs: number; readonly applyAtMs: number; readonly revision: number } | undefined;
  /** Resolves when the last command is answered; rejects with what was no refusal. */
  stop(): Promise<void>;
}

/** What the `n`-th announcement says. */
export const announcementOf = (n: number): string => `announcement ${n}`;

/** The number in an announcement; 0 for none. */
export const numberIn = (announcement: string): number => Number(/^announcement (\d+)$/.exec(announcement)?.[1] ?? 0);

export function startBusyHost(console: StaffSession, random: () => number): BusyHost {
  const acknowledged: Acknowledged[] = [];
  const refused: string[] = [];
  let stopped = false;

  async function give(n: number): Promise<void> {
    const toMs = Math.floor(random() * SEEK_MAX_MS);
    const isSeek = n % SEEK_EVERY === 0;
    const answer = isSeek
      ? await console.command('seek', { toMs })
      : await console.command('announce', { text: announcementOf(n) });
    const { revision, applyAtMs } = answer;
    const seek = isSeek && applyAtMs !== undefined ? { toMs, applyAtMs } : null;
    acknowledged.push({ n, atMs: performance.now(), epoch: console.view.value?.epoch ?? 0, revision, seek });
  }

  async function keepGiving(): Promise<void> {
    for (let n = 1; !stopped; n += 1) {
      await give(n).catch((error: unknown) => {
        if (!(error instanceof PartyError)) throw error;
        refused.push(error.code);
      });
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_COMMANDS_MS));
    }
  }

  const giving = keepGiving();
  return {
    acknowledged,
    refused,
    lastSeek() {
      const last = acknowledged.findLast(({ seek }) => seek !== null);
      return last?.seek === null || last === undefined ? undefined : { ...last.seek, revision: last.revision };
    },
    async stop() {
      stopped = true;
      await giving;
    },
  };
}
