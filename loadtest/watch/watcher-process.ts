/** The process of the full clients: does what it is told over its channel, and ends with it. */
import { systemClock } from '../../core/clock.ts';
import { seeded } from '../../core/seeded.ts';
import { atMoments } from '../at-moments.ts';
import { goFirst } from '../crowd/go-first.ts';
import { dueAtMs } from '../plan.ts';
import type { WatchOptions, WatchOrder, WatchReply } from './messages.ts';
import { startWatcher, type Watcher, type WatchTally } from './watcher.ts';

const STATUS_EVERY_MS = 1_000;
/** The last goodbyes leave before the process is ended. */
const GOODBYE_MS = 500;

const clock = systemClock();
const watchers: Watcher[] = [];
const stops: (() => void)[] = [];
const tally: WatchTally = {
  requested: 0,
  joined: 0,
  closed: {},
  joins: [],
  acks: [],
  ages: [],
  cues: [],
  gaps: [],
  acknowledged: [],
  refused: {},
  linesShown: 0,
};
let due = 0;
let hush: () => void = () => {};

// A parent that is gone is told nothing, and 'disconnect' follows.
const reply = (message: WatchReply) => process.send?.(message, undefined, undefined, () => undefined);

process.on('message', (order: WatchOrder) => {
  switch (order.kind) {
    case 'start':
      return start(order.options);
    case 'hush':
      return hush();
    case 'look':
      return void reply({
        kind: 'looked',
        screens: watchers.filter(({ isLive }) => isLive()).map(({ screen }) => screen(order.lineId)),
      });
    case 'end':
      return end();
  }
});
goFirst();
process.on('disconnect', () => process.exit(1));
// Whoever interrupts the run tells the coordinator, which tells us.
process.on('SIGINT', () => {});

function start(options: WatchOptions): void {
  const { count, origins, slug, seed, first, arrivals, startAtMs, sayEveryMs } = options;
  const random = seeded(seed);
  tally.requested = count;
  for (let n = 0; n < count; n += 1) {
    const atMs = startAtMs + dueAtMs(arrivals, n);
    stops.push(
      clock.after(Math.max(0, atMs - clock.nowMs()), () => {
        due += 1;
        const origin = origins[n % origins.length] ?? '';
        watchers.push(startWatcher({ clock, random, origin, slug, index: first + n, tally }, atMs));
      }),
    );
  }
  stops.push(clock.every(STATUS_EVERY_MS, () => reply({ kind: 'status', due, live: live().length })));
  if (sayEveryMs === null) return;
  let turn = 0;
  hush = atMoments(clock, clock.nowMs() + sayEveryMs, sayEveryMs, (dueMs) => {
    // Whoever has not come yet leaves it out: those who have would speak too often.
    const speaker = watchers[turn++ % count];
    // A refusal is counted where it is met.
    if (speaker?.isLive()) speaker.say(dueMs).catch(() => {});
  });
  stops.push(() => hush());
}

const live = () => watchers.filter(({ isLive }) => isLive());

function end(): void {
  for (const stop of stops) stop();
  const { user, system } = process.cpuUsage();
  const result = { ...tally, cpuS: (user + system) / 1e6 };
  for (const watcher of watchers) watcher.leave();
  // Then whoever asked ends us: a process that exits by itself may be gone before its answer is read, and a run of an hour is lost.
  clock.after(GOODBYE_MS, () => reply({ kind: 'ended', result }));
}
