/**
 * A host whose program sends nothing twice: whatever was refused or not answered is given up. It comes back to the stage when the
 * stage is somewhere else.
 */
import { enter, refusalOf, type Stranger } from '../support/stranger.ts';
import type { DrillRun } from './drill-run.ts';

const EVERY_MS = 200;

export interface PlainCommand {
  /** The announcement; each has a text of its own. */
  readonly text: string;
  readonly atMs: number;
  /** 'accepted', or the code of the refusal; null while nothing was answered. */
  readonly outcome: string | null;
  readonly answeredAtMs: number | null;
}

export interface PlainHost {
  /** Oldest first; moments are `performance.now()`. */
  readonly commands: readonly PlainCommand[];
  /** How often it had to find the stage again. */
  readonly returns: number;
  stop(): Promise<void>;
}

/** Comes in by the door of `origin`, with an invitation. */
export async function startPlainHost({ slug }: Pick<DrillRun, 'slug'>, origin: string, invite: string): Promise<PlainHost> {
  const commands: PlainCommand[] = [];
  let seat: Stranger = await enter(origin, slug, { invite });
  let returns = 0;
  let isStopped = false;

  async function give(n: number): Promise<void> {
    const text = `notice ${n}`;
    const sent = { text, atMs: performance.now(), outcome: null, answeredAtMs: null };
    const place = commands.push(sent) - 1;
    const outcome = await Promise.race([refusalOf(seat.ask('announce', { text })), seat.closed.then(() => null)]);
    commands[place] = { ...sent, outcome, answeredAtMs: performance.now() };
  }

  async function comeBack(): Promise<void> {
    const found = await enter(origin, slug, {}, seat.fan.token).catch(() => null);
    if (found === null) return;
    seat = found;
    returns += 1;
  }

  async function keepGiving(): Promise<void> {
    for (let n = 1; !isStopped; n += 1) {
      await (seat.room.connection.isOpen ? give(n) : comeBack());
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  const giving = keepGiving();
  return {
    commands,
    get returns() {
      return returns;
    },
    async stop() {
      isStopped = true;
      await giving;
      await seat.leave();
    },
  };
}
