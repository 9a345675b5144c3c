/** A process with sections is stopped for a minute: no FIN ever arrives, its fans have to notice by themselves. */
import assert from 'node:assert/strict';
import type { StaffSession } from '../../client/session/staff-types.ts';
import { until } from '../support/until.ts';
import { type Chatter, startChatter } from './chatter.ts';
import { keepFigures } from './drill-figures.ts';
import { keptTwice, missingFrom } from './drill-journals.ts';
import { type DrillRun, startDrillRun } from './drill-run.ts';
import { enterPageFans, type PageFan, revisionOf } from './page-fan.ts';

const STOPPED_MS = 60_000;
const ELSEWHERE_WITHIN_MS = 40_000;
const PROCESSES = 3;
const FANS = 36;
/** So few that the fans sit on several processes. */
const SECTION_SEATS = '16';
/** A join is followed by pings in quick succession, which would find it out at once. */
const SETTLED_IN_MS = 3_000;
const IN_SYNC_MS = 50;
/** Few enough that everybody can read everything, on every process. */
const TALKERS = 12;
/** Taken, but the answer never came: such a line was shown at once. */
const SHOWN_WITHIN_MS = 10_000;
const SHIPPED_WITHIN_MS = 30_000;

describe('a section’s process, stopped for a minute', function () {
  this.timeout(240_000);
  let run: DrillRun;
  let console: StaffSession;
  let fans: PageFan[] = [];
  let chatter: Chatter;

  before(async () => {
    run = await startDrillRun({ processes: PROCESSES, env: { SECTION_SEATS } });
    fans = await enterPageFans(run, FANS);
    console = await run.console();
    chatter = startChatter(fans.slice(0, TALKERS), run.random);
  });
  after(async () => {
    await chatter?.stop();
    for (const fan of fans) fan[Symbol.dispose]();
    await run?.[Symbol.asyncDispose]();
  });

  it('VD15 its fans sit elsewhere and in sync within 40 s, and when it wakes it disturbs nobody', async () => {
    const victim = await run.victim(({ hasStage, fans: seated }) => !hasStage && seated > 0);
    const stoppedId = (await victim.status())?.processId ?? '';
    const lost = fans.filter(({ processId }) => processId === stoppedId);
    const others = fans.filter(({ processId }) => processId !== stoppedId);
    assert.ok(lost.length > 0 && others.length > 0);

    const atMs = performance.now() + SETTLED_IN_MS + run.between(0, 5_000);
    await until('the moment has come', () => performance.now() >= atMs, 10_000);
    victim.freeze();
    const stoppedAtMs = performance.now();
    const toMs = run.between(0, 300_000);
    const { revision, applyAtMs = 0 } = await console.command('seek', { toMs });
    const offBy = (fan: PageFan) => {
      const atMs = Math.max(applyAtMs, fan.session.clock.nowMs());
      return Math.abs(fan.positionAt(atMs) - (toMs + atMs - applyAtMs));
    };
    const isInSync = (fan: PageFan) => {
      const { phase, view } = fan.session;
      if (phase.value.kind !== 'live' || view.value === null || fan.processId === stoppedId) return false;
      return revisionOf(view.value) === revision && offBy(fan) <= IN_SYNC_MS;
    };
    const elsewhereMs = new Map<PageFan, number>();
    await until(
      'everybody is in sync elsewhere',
      () => {
        for (const fan of lost) if (isInSync(fan) && !elsewhereMs.has(fan)) elsewhereMs.set(fan, performance.now() - stoppedAtMs);
        return elsewhereMs.size === lost.length;
      },
      STOPPED_MS,
    ).catch(() => undefined);
    const took = [...elsewhereMs.values()].map(Math.round).toSorted((a, b) => a - b);
    keepFigures('section stopped', {
      seed: run.seed,
      processes: PROCESSES,
      fans: FANS,
      stoppedMs: STOPPED_MS,
      fansLost: lost.length,
      elsewhereMs: took,
      elsewhereMaxMs: took.at(-1) ?? null,
    });
    assert.equal(took.length, lost.length, 'not everybody is elsewhere');
    assert.ok((took.at(-1) ?? 0) <= ELSEWHERE_WITHIN_MS, took.join());
    assert.ok(others.every(({ gaps }) => gaps.length === 0));

    await until('the minute is over', () => performance.now() - stoppedAtMs >= STOPPED_MS, STOPPED_MS);
    const gapsBefore = fans.map(({ gaps }) => gaps.length);
    victim.thaw();
    await run.settled();
    await until(
      'the fans are counted once',
      () => fans.every(({ session }) => session.view.value?.audience.event === FANS),
      20_000,
    );
    const [first] = fans as [PageFan];
    await first.say('is everybody here?');
    await until('everybody reads it', () => fans.every((fan) => fan.seenAtMs('is everybody here?') !== undefined));
    assert.deepEqual(
      fans.map(({ gaps }) => gaps.length),
      gapsBefore,
    );
  });

  it('VD15 no line that was acknowledged is lost or kept twice, also of those that the stopped process took', async () => {
    await chatter.stop();
    const acknowledged = fans.flatMap((fan) => fan.acknowledged);
    assert.ok(acknowledged.length > TALKERS * 10, `${acknowledged.length} lines`);
    // Whoever was told that a line was not taken may have said it again: the process that woke must not show it now.
    const late = chatter.said.filter(({ by, text, saidAtMs, isAcknowledged }) => {
      const seenBy = fans.filter((fan) => fan !== by && (fan.seenAtMs(text) ?? 0) - saidAtMs > SHOWN_WITHIN_MS);
      return !isAcknowledged && seenBy.length > 0;
    });
    assert.deepEqual(
      late.map(({ text, answer }) => [text, answer]),
      [],
    );
    const kept = run.linesInJournals();
    assert.deepEqual(missingFrom(kept, acknowledged), []);
    assert.deepEqual(keptTwice(kept), []);
    await until(
      'all are in the database',
      async () => missingFrom(await run.linesInDatabase(), acknowledged).length === 0,
      SHIPPED_WITHIN_MS,
    );
    assert.deepEqual(keptTwice(await run.linesInDatabase()), []);
  });
});
