/**
 * What every scenario bot shares: the command line of @colyseus/loadtest, an account of what happened, and an end.
 *
 *   node loadtest/bots/fan.ts --endpoint http://127.0.0.1:2567 --room demo --numClients 200 [--lines 3] [--summary FILE]
 *
 * `--room` is the event's slug: doors choose the section. The tool draws its screen on a terminal; `loadtest/bots.ts` runs bots
 * without one. Exits 1 when any met an error.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cli } from '@colyseus/loadtest';
import { type Clock, systemClock } from '../../core/clock.ts';
import { seeded } from '../../core/seeded.ts';

/** What one run of the bots came to. */
export interface BotSummary {
  readonly bots: number;
  /** Played their part to its end. */
  finished: number;
  readonly counts: Record<string, number>;
  readonly errors: string[];
}

export interface Bot {
  readonly clock: Clock;
  /** Uniform in [0, 1), each bot its own. */
  readonly random: () => number;
  readonly origin: string;
  readonly slug: string;
  /** Which of them, from 0. */
  readonly index: number;
  readonly bots: number;
  /** How many lines each says. */
  readonly lines: number;
  /** Null: none was given. */
  readonly hostUrl: string | null;
  count(what: string, times?: number): void;
  /** Something that should not be; the bot plays on. */
  complain(what: string): void;
  pause(ms: number): Promise<void>;
  /** Rejects with `otherwise` when it does not come true in twenty seconds. */
  until(otherwise: string, holds: () => boolean): Promise<void>;
}

const UNTIL_MS = 20_000;
const LOOK_EVERY_MS = 50;

/** `play` is one bot's whole part, from the doors to its leaving. */
export function runBots(play: (bot: Bot) => Promise<void>): void {
  const clock = systemClock();
  const { values } = parseArgs({
    options: { lines: { type: 'string', default: '3' }, summary: { type: 'string' }, 'host-url': { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  const parts: Promise<void>[] = [];
  const summary: BotSummary = { bots: 0, finished: 0, counts: {}, errors: [] };
  cli(async ({ endpoint, roomName, clientId, numClients }) => {
    const bot: Bot = {
      clock,
      random: seeded(clientId + 1),
      origin: endpoint,
      slug: roomName,
      index: clientId,
      bots: numClients,
      lines: Number(values.lines),
      hostUrl: typeof values['host-url'] === 'string' ? values['host-url'] : null,
      count: (what, times = 1) => {
        summary.counts[what] = (summary.counts[what] ?? 0) + times;
      },
      complain: (what) => void summary.errors.push(`bot ${clientId}: ${what}`),
      pause: (ms) => new Promise((resolve) => clock.after(ms, resolve)),
      async until(otherwise, holds) {
        const endMs = clock.nowMs() + UNTIL_MS;
        while (!holds()) {
          if (clock.nowMs() > endMs) throw new Error(otherwise);
          await this.pause(LOOK_EVERY_MS);
        }
      },
    };
    const part = play(bot).then(
      () => void (summary.finished += 1),
      (error: unknown) => bot.complain(reasonOf(error)),
    );
    parts.push(part);
    if (clientId < numClients - 1) return;
    await Promise.all(parts);
    if (typeof values.summary === 'string') writeFileSync(values.summary, JSON.stringify({ ...summary, bots: numClients }));
    process.exit(summary.errors.length === 0 && summary.finished === numClients ? 0 : 1);
  });
}

/** The SDK keeps what the room said in `reason`. */
export function reasonOf(error: unknown): string {
  const { reason, message } = error as { readonly reason?: unknown; readonly message?: string };
  return reason ? JSON.stringify(reason) : (message ?? String(error));
}
