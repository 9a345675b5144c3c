/** `kill -9` of a process while 2,000 fans chat in the sections of eight. */
import assert from 'node:assert/strict';
import { systemClock } from '../../core/clock.ts';
import type { CrowdResult } from '../../loadtest/crowd/types.ts';
import { until } from '../support/until.ts';
import { type DrillCrowd, FANS, startDrillCrowd } from './drill-crowd.ts';
import { keepFigures, measureFirst } from './drill-figures.ts';
import {
  answersIn,
  deliveries,
  gapsSince,
  judgeLines,
  type LineLedger,
  type Spread,
  spreadOf,
  unequalLanes,
  type Window,
} from './drill-ledger.ts';
import { banOutcast, type Outcast } from './drill-outcast.ts';
import { type DrillProcess, type DrillRun, startDrillRun } from './drill-run.ts';
import { type Echo, startEcho } from './echo.ts';
import { playedFor } from './played.ts';

const BACK_P99_MS = 8_000;
const BACK_MAX_MS = 15_000;
/** How long the chat is looked at before the kill, and again from it on. */
const LOOK_MS = 15_000;
const SHIPPED_WITHIN_MS = 40_000;
/** A line passes its author's page, its section, the bus, another section and a page: each waits for its turn on the machine. */
const TURNS = 5;
const allowedAfter = ({ p99Ms }: Spread) => Math.max(p99Ms * 1.5, p99Ms + 50);
type Comparison = readonly [what: string, before: Spread, during: Spread];

const clock = systemClock();
const pass = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));

describe('a process, killed while 2,000 fans chat', function () {
  this.timeout(900_000);
  let run: DrillRun;
  let drill: DrillCrowd;
  let victim: DrillProcess;
  let outcast: Outcast;
  let echo: Echo;
  /** On the victim, before it died. */
  let fansThere = 0;
  let killedAtMs = 0;
  let result: CrowdResult;
  let lines: LineLedger;
  let back: Spread;
  /** Codes with which the outcast was refused, by everything that was tried. */
  const refusals: string[] = [];
  const others = () => drill.witnesses.filter(({ gaps }) => gaps.length === 0);
  const calm = (): Window => ({ fromMs: killedAtMs - LOOK_MS, toMs: killedAtMs });
  const upset = (): Window => ({ fromMs: killedAtMs, toMs: killedAtMs + LOOK_MS });

  const play = async () => {
    run = await startDrillRun();
    measureFirst();
    drill = await startDrillCrowd(run);
    measureFirst();
    const console = await run.console();
    echo = startEcho();
    await pass(LOOK_MS + run.between(0, 3_000));
    victim = await run.victim(({ hasStage, fans }) => !hasStage && fans > 0);
    outcast = await banOutcast(run, console, victim);
    fansThere = (await run.survey()).find(({ process }) => process === victim)?.fans ?? 0;
    killedAtMs = clock.nowMs();
    await victim.kill();
    refusals.push(await outcast.tryTicket());
    while (clock.nowMs() < killedAtMs + LOOK_MS) {
      for (const { origin, state } of run.processes) {
        if (state === 'running') refusals.push(await outcast.tryDoor(origin));
      }
      await pass(500);
    }
    await drill.allIn();
    await drill.fallSilent(console);
    result = await drill.crowd.end();
    await until(
      'everything is in the database',
      async () => judged().then(({ notShipped }) => notShipped.length === 0),
      SHIPPED_WITHIN_MS,
    );
    lines = await judged();
    back = spreadOf(gapsSince(result, drill.witnesses, killedAtMs));
    const [[, ...answers], [, ...delivered]] = chat();
    const [floorBefore, floorDuring] = floor();
    keepFigures('kill a process', {
      seed: run.seed,
      fans: FANS,
      killed: fansThere,
      back,
      answers: { before: answers[0], during: answers[1] },
      deliveries: { before: delivered[0], during: delivered[1] },
      floor: { before: floorBefore, during: floorDuring },
      // With nothing taken off for the machine.
      isAsQuickAsBefore: chat().every(([, before, during]) => during.p99Ms <= allowedAfter(before)),
      lines: { acknowledged: lines.acknowledged, lost: lines.lost.length, shownTwice: lines.shownTwice },
      generatorLagMs: Math.round(result.peakLagMs),
    });
  };
  const clear = async () => {
    refusals.length = 0;
    echo?.[Symbol.dispose]();
    await drill?.[Symbol.asyncDispose]();
    await run?.[Symbol.asyncDispose]();
  };
  const { exactly } = playedFor(play, clear);

  const judged = async () => judgeLines(result, drill.witnesses, run.linesInJournals(), await run.linesInDatabase());

  it('VD2 the killed process’s fans, and nobody else, lose their seats, and are in sync again: p99 ≤ 8 s, all ≤ 15 s', () => {
    assert.equal(back.count, fansThere);
    assert.deepEqual(Object.keys(result.dropped), ['1006']);
    assert.ok(back.p99Ms <= BACK_P99_MS, `p99 ${back.p99Ms} ms`);
    assert.ok(back.maxMs <= BACK_MAX_MS, `max ${back.maxMs} ms`);
  });

  exactly('VD3 no acknowledged line is lost, none is kept or shown twice', () => {
    assert.ok(lines.acknowledged > 500, `${lines.acknowledged} lines`);
    assert.deepEqual(lines.lost, []);
    assert.deepEqual(lines.keptTwice, []);
    assert.equal(lines.shownTwice, 0);
    assert.deepEqual(lines.notShipped, []);
  });

  exactly('VD4 a ban holds meanwhile, at every door and for a ticket from before', () => {
    assert.ok(refusals.length > 1);
    assert.deepEqual([...new Set(refusals)].toSorted(), ['4200', 'banned']);
  });

  it('VD5 the others’ chat is as quick as before: p99 ≤ 1.5 × or ≤ 50 ms above, answers and deliveries, beyond what the machine itself stood still', () => {
    const [floorBefore, floorDuring] = floor();
    const slowerMs = TURNS * Math.max(0, floorDuring.maxMs - floorBefore.maxMs);
    for (const [what, before, during] of chat()) {
      assert.ok(before.count > 50 && during.count > 50, `${what}: ${before.count} and ${during.count}`);
      const allowedMs = allowedAfter(before) + slowerMs;
      assert.ok(
        during.p99Ms <= allowedMs,
        `${what}: ${before.p99Ms} ms before, ${during.p99Ms} ms during, the machine ${slowerMs} ms longer still`,
      );
    }
  });

  exactly('VD6 everybody who was there saw the same event lane, and in the end all have the same revision and lane', () => {
    assert.deepEqual(unequalLanes(others(), { fromMs: calm().fromMs, toMs: upset().toMs }), []);
    assert.deepEqual(Object.values(result.revisions), [FANS]);
    assert.deepEqual(Object.values(result.eventLanes), [FANS]);
    assert.equal(result.frames.wrong, 0);
  });

  const floor = () => [spreadOf(echo.waits(calm())), spreadOf(echo.waits(upset()))] as const;
  const chat = () => {
    const stayed = others();
    const kinds: [Comparison, Comparison] = [
      ['answers', spreadOf(answersIn(stayed, calm())), spreadOf(answersIn(stayed, upset()))],
      ['deliveries', spreadOf(deliveries(stayed, calm())), spreadOf(deliveries(stayed, upset()))],
    ];
    return kinds;
  };
});
