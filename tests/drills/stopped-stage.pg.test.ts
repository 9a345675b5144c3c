/** The stage's process is stopped for ten seconds with commands in flight, and wakes when another one has the event. */
import assert from 'node:assert/strict';
import type { StaffSession } from '../../client/session/staff-types.ts';
import { enter, type Stranger } from '../support/stranger.ts';
import { until } from '../support/until.ts';
import { announced, commandsInDatabase, commandsInJournals, commandsInRedis, epochsInRedis } from './command-record.ts';
import { keepFigures } from './drill-figures.ts';
import { type DrillProcess, type DrillRun, startDrillRun } from './drill-run.ts';
import { enterPageFan, enterPageFans, type PageFan } from './page-fan.ts';
import { untilTaken } from './until-taken.ts';

const STOPPED_MS = 10_000;
const BACK_WITHIN_MS = 40_000;
const PROCESSES = 3;
const FANS = 6;
/** Announcements that are under way when the process stops, and those that reach its socket while it is stopped. */
const BURST = 30;
const LATE = 5;
const NEVER = 'nobody may ever read this';

/** A command that was sent to the stage that is stopped. */
interface Sent {
  readonly text: string;
  settled: { readonly isAccepted: boolean; readonly atMs: number } | null;
}

describe('the stage’s process, stopped for ten seconds', function () {
  this.timeout(180_000);
  let run: DrillRun;
  let fans: PageFan[] = [];
  let target: PageFan;
  let console: StaffSession;
  let staged: DrillProcess;
  let old: Stranger;
  let oldEpoch = 0;
  let newEpoch = 0;
  let takenOverMs = 0;
  const sent: Sent[] = [];
  /** What the stage that followed began from. */
  let knownBeforeWaking = new Set<string>();

  before(async () => {
    run = await startDrillRun({ processes: PROCESSES, env: { SECTION_SEATS: '4' } });
    fans = await enterPageFans(run, FANS);
    target = await enterPageFan(run, run.origins[0] ?? '', 'Target');
    console = await run.console();
    const { url } = await console.command('invite', { name: 'Old hand', rank: 'host', forMs: 3_600_000 });
    const invite = new URLSearchParams(new URL(url).hash.slice(1)).get('invite');
    staged = await run.victim(({ hasStage }) => hasStage);
    old = await enter(run.origins.find((origin) => origin !== staged.origin) ?? '', run.slug, { invite });
    oldEpoch = (await epochsInRedis(run)).stored;
    await stopAndWake();
  });
  after(async () => {
    for (const fan of [...fans, target]) fan?.[Symbol.dispose]();
    await run?.[Symbol.asyncDispose]();
  });

  function send(text: string, command: string, payload: object): void {
    const one: Sent = { text, settled: null };
    const settle = (isAccepted: boolean) => {
      one.settled = { isAccepted, atMs: performance.now() };
    };
    old.ask(command, payload).then(
      () => settle(true),
      () => settle(false),
    );
    sent.push(one);
  }

  async function stopAndWake(): Promise<void> {
    for (let n = 1; n <= BURST; n += 1) send(`burst ${n}`, 'announce', { key: `burst-${n}`, text: `burst ${n}` });
    // Anywhere between the first of them and the last.
    const answered = run.between(1, BURST / 2);
    await until('some are answered', () => sent.filter(({ settled }) => settled !== null).length >= answered);
    staged.freeze();
    const stoppedAtMs = performance.now();
    for (let n = 1; n <= LATE; n += 1) send(`late ${n}`, 'announce', { key: `late-${n}`, text: `late ${n}` });
    const fanId = target.session.fan.value?.id;
    send('ban', 'ban', { key: 'ban', fanId, forMs: null, scope: 'label', reason: 'drill' });
    send('invite', 'invite', { key: 'invite', name: 'Ghost', rank: 'host', forMs: 60_000 });
    send('say', 'say', { key: 'say', text: NEVER });
    send('end', 'end', { key: 'end' });

    await untilTaken(() => console.command('announce', { text: 'from the present' }));
    takenOverMs = performance.now() - stoppedAtMs;
    newEpoch = console.view.value?.epoch ?? 0;
    await until('ten seconds are over', () => performance.now() - stoppedAtMs >= STOPPED_MS, STOPPED_MS * 2);
    knownBeforeWaking = new Set((await commandsInRedis(run)).map(({ id }) => id));
    staged.thaw();
    assert.equal(await old.closed, 4100);
    await until('every command is answered', () => sent.every(({ settled }) => settled !== null), 20_000);
    await run.settled();
    // Also those who sat with the stage and missed its answers: they are on their way to another seat.
    const haveRead = () => [...fans, target].every(({ announcements }) => announcements.at(-1) === 'from the present');
    await until('everybody reads what the stage that followed says', haveRead, BACK_WITHIN_MS);
  }

  it('VD14 another process has the event under a higher epoch, and the one that woke gives it up', async () => {
    assert.ok(newEpoch > oldEpoch, `${newEpoch} after ${oldEpoch}`);
    assert.ok((await staged.status())?.stages.length === 0);
    assert.deepEqual(await epochsInRedis(run), { given: newEpoch, stored: newEpoch });
  });

  it('VD14 it acknowledges nothing but what the next stage began from', async () => {
    const known = commandsInJournals(run).filter(({ id, result }) => result === 'done' && knownBeforeWaking.has(id));
    const kept = new Set(known.map(({ command, payload }) => String(command === 'announce' ? payload['text'] : command)));
    const falselyAcknowledged = sent.filter(({ text, settled }) => settled?.isAccepted === true && !kept.has(text));
    keepFigures('stage stopped', {
      seed: run.seed,
      processes: PROCESSES,
      stoppedMs: STOPPED_MS,
      takenOverMs: Math.round(takenOverMs),
      commandsUnderWay: sent.length,
      acknowledged: sent.filter(({ settled }) => settled?.isAccepted === true).length,
      falselyAcknowledged: falselyAcknowledged.length,
      epochs: [oldEpoch, newEpoch],
    });
    assert.deepEqual(falselyAcknowledged, []);
    assert.ok(sent.some(({ settled }) => settled?.isAccepted === false));
  });

  it('VD14 nothing of it is in Redis, journals or database that was not there before it woke', async () => {
    // A line that went all the way proves that what was said before it has arrived.
    await untilTaken(() => console.command('announce', { text: 'and after' }));
    await until(
      'the database has all',
      async () => announced(await commandsInDatabase(run)).some(({ text }) => text === 'and after'),
      30_000,
    );
    for (const entries of [await commandsInRedis(run), commandsInJournals(run), await commandsInDatabase(run)]) {
      const late = entries.filter(
        ({ id, epoch, result }) => epoch === oldEpoch && result === 'done' && !knownBeforeWaking.has(id),
      );
      assert.deepEqual(late, []);
    }
    const { postgres, database } = run.services;
    const count = async (what: string) =>
      Number((await postgres.query<{ n: string }>(`SELECT count(*) AS n FROM ${what}`, database))[0]?.n);
    assert.equal(await count('label_bans'), 0);
    assert.equal(await count("staff WHERE name = 'Ghost'"), 0);
    assert.equal(await count("events WHERE state = 'ended'"), 0);
    assert.equal(await count(`stages WHERE epoch <> ${newEpoch}`), 0);
  });

  it('VD14 no link applies what it says: no fan reads it, nobody is banned, the show goes on', async () => {
    await until(
      'everybody reads the newest',
      () => fans.every(({ announcements }) => announcements.at(-1) === 'and after'),
      BACK_WITHIN_MS,
    );
    for (const { name, announcements, session } of [...fans, target]) {
      const since = announcements.slice(announcements.indexOf('from the present'));
      assert.deepEqual(since, ['from the present', 'and after'], name);
      assert.ok(!session.lines.value.some(({ text }) => text === NEVER), name);
      assert.equal(session.view.value?.ended, false);
    }
    assert.deepEqual(console.view.value?.sanctions, []);
    assert.equal(target.session.phase.value.kind, 'live');
    // Who sits with the process that stood still is refused for two seconds, and may say it again then.
    await until('a fan is heard by all', async () => (await target.say('still here')).fate === 'event');
  });
});
