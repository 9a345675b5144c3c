/** Redis frozen, killed and emptied under fans who chat and a host who gives commands. */
import assert from 'node:assert/strict';
import type { StaffSession } from '../../client/session/staff-types.ts';
import { askForTicket, enter, type Stranger } from '../support/stranger.ts';
import { until } from '../support/until.ts';
import { type Chatter, type SaidLine, startChatter } from './chatter.ts';
import { announced, commandsInJournals } from './command-record.ts';
import { keepFigures } from './drill-figures.ts';
import { missingFrom } from './drill-journals.ts';
import { type DrillRun, startDrillRun } from './drill-run.ts';
import { enterPageFans, type PageFan, revisionOf } from './page-fan.ts';
import { type PlainHost, startPlainHost } from './plain-host.ts';
import { untilTaken } from './until-taken.ts';

const AWAY_MS = 5_000;
const BACK_WITHIN_MS = 3_000;
const PROCESSES = 3;
const FANS = 12;
/** So few that the fans sit on several processes. */
const SECTION_SEATS = '6';
/** What was promised to everyone is with the neighbours by then: after 2 s without the stage, at the section's next look, with a beat. */
const NEIGHBOURS_WITHIN_MS = 3_500;
const STALE_MS = 10_000;
const MOVED_AT_MOST_MS = 50;

describe('Redis away', function () {
  this.timeout(300_000);
  let run: DrillRun;
  let console: StaffSession;
  let host: PlainHost;
  let outcast: Stranger;
  let fans: PageFan[] = [];
  let chatter: Chatter;
  let seek: { readonly toMs: number; readonly applyAtMs: number; readonly revision: number };

  before(async () => {
    run = await startDrillRun({ processes: PROCESSES, env: { SECTION_SEATS } });
    outcast = await enter(run.origins[0] ?? '', run.slug, { name: 'Outcast' });
    fans = await enterPageFans(run, FANS);
    assert.ok(new Set(fans.map(({ processId }) => processId)).size > 1);
    console = await run.console();
    await console.command('links', { allow: 'staff' });
    await console.command('mute', { fanId: mutedFan().session.fan.value?.id as never, forMs: 3_600_000 });
    await console.command('ban', { fanId: outcast.fan.id as never, forMs: null, scope: 'event', reason: 'drill' });
    await moveOn();
    const { url } = await console.command('invite', { name: 'Plain hand', rank: 'host', forMs: 3_600_000 });
    host = await startPlainHost(run, run.origins[1] ?? '', new URLSearchParams(new URL(url).hash.slice(1)).get('invite') ?? '');
    chatter = startChatter(fans.slice(1), run.random);
  });
  after(async () => {
    run?.redis.resume();
    await Promise.all([chatter?.stop(), host?.stop()]);
    for (const fan of fans) fan[Symbol.dispose]();
    await run?.[Symbol.asyncDispose]();
  });

  const mutedFan = () => fans[0] as PageFan;
  async function moveOn(): Promise<void> {
    const toMs = run.between(0, 300_000);
    const { applyAtMs = 0, revision } = await untilTaken(() => console.command('seek', { toMs }));
    seek = { toMs, applyAtMs, revision };
  }
  const lost = () => fans.flatMap(({ gaps }) => gaps).length;
  const offBy = (fan: PageFan) => {
    const atMs = Math.max(seek.applyAtMs, fan.session.clock.nowMs());
    return Math.abs(fan.positionAt(atMs) - (seek.toMs + atMs - seek.applyAtMs));
  };
  const eventClockOffset = ({ session }: PageFan) => session.clock.nowMs() - performance.now();

  /** When the last of `readers` saw it; infinite if one did not. */
  const seenByAll = ({ text }: SaidLine, readers: readonly PageFan[]) =>
    Math.max(...readers.map((fan) => fan.seenAtMs(text) ?? Number.POSITIVE_INFINITY));
  const neighboursOf = ({ roomId }: SaidLine) => fans.filter((fan) => fan.roomId === roomId);

  /** Resolves with how long it took until a line reached everybody again. */
  async function drill(
    name: string,
    leave: () => Promise<unknown>,
    comeBack: () => Promise<unknown>,
    awayMs: number,
  ): Promise<number> {
    const heard = chatter.said.length;
    await until('everybody has said something', () => chatter.said.length >= heard + FANS, 20_000);
    const offsets = fans.map(eventClockOffset);
    const returnsBefore = host.returns;
    const atMs = performance.now() + run.between(0, 1_000);
    await until('the moment has come', () => performance.now() >= atMs);
    await leave();
    const leftAtMs = performance.now();
    await until('it was away for long enough', () => performance.now() - leftAtMs >= awayMs, awayMs * 2 + 1_000);
    const spokenMeanwhile = [...chatter.said];
    await comeBack();
    const backAtMs = performance.now();

    let eventLaneMs = Number.POSITIVE_INFINITY;
    await until(
      'a line reaches everybody again',
      () => {
        const since = chatter.said.filter(({ saidAtMs }) => saidAtMs >= backAtMs);
        eventLaneMs = Math.min(...since.map((line) => seenByAll(line, fans))) - backAtMs;
        return eventLaneMs < Number.POSITIVE_INFINITY;
      },
      30_000,
    );
    const firstCommand = () =>
      host.commands.find(({ outcome, atMs: sentAtMs }) => sentAtMs >= backAtMs && outcome === 'accepted');
    await until('a command is acknowledged again', () => firstCommand() !== undefined, 30_000);
    const commandsMs = (firstCommand()?.answeredAtMs ?? Number.POSITIVE_INFINITY) - backAtMs;

    const away = host.commands.filter(({ atMs: sentAtMs }) => sentAtMs >= leftAtMs && sentAtMs < backAtMs);
    const early = spokenMeanwhile.filter(({ saidAtMs }) => saidAtMs >= leftAtMs && backAtMs - saidAtMs > NEIGHBOURS_WITHIN_MS);
    const keptFromNeighbours = early.filter((line) => seenByAll(line, neighboursOf(line)) > backAtMs);
    const clockMovedMs = Math.max(...fans.map((fan, n) => Math.abs(eventClockOffset(fan) - (offsets[n] ?? 0))));
    const movedMs = Math.max(...fans.map(offBy)) + clockMovedMs;
    keepFigures(`Redis ${name}`, {
      seed: run.seed,
      processes: PROCESSES,
      fans: FANS,
      awayMs,
      fansDisconnected: lost(),
      stageBeganAnew: host.returns - returnsBefore,
      eventLaneBackMs: Math.round(eventLaneMs),
      commandsBackMs: Math.round(commandsMs),
      commandsMeanwhile: away.length,
      acknowledgedMeanwhile: away.filter(({ outcome }) => outcome === 'accepted').length,
      linesMeanwhile: spokenMeanwhile.filter(({ saidAtMs }) => saidAtMs >= leftAtMs).length,
      playheadMovedMs: Math.round(movedMs * 1_000) / 1_000,
    });
    assert.equal(lost(), 0, 'somebody was disconnected');
    assert.deepEqual(
      away.filter(({ outcome }) => outcome === 'accepted'),
      [],
    );
    assert.ok(awayMs === 0 || away.some(({ outcome }) => outcome === 'stage_unavailable'));
    assert.ok(spokenMeanwhile.every(({ answer, isAcknowledged }) => answer === null || isAcknowledged));
    if (awayMs > NEIGHBOURS_WITHIN_MS) assert.ok(early.length > 0 && away.length > 0);
    assert.deepEqual(
      keptFromNeighbours.map(({ text }) => text),
      [],
    );
    assert.ok(movedMs <= MOVED_AT_MOST_MS, `${movedMs} ms`);
    await holds();
    return eventLaneMs;
  }

  /** What was decided before, at doors, in chat and on every page. */
  async function holds(): Promise<void> {
    assert.equal((await mutedFan().say('am I heard?')).code, 'muted');
    for (const origin of run.origins) {
      assert.equal((await askForTicket(origin, run.slug, { name: 'Outcast' }, outcast.fan.token)).body.code, 'banned');
    }
    for (const { session } of fans) {
      assert.equal(session.view.value?.policy.links, 'staff');
      assert.equal(revisionOf(session.view.value ?? assert.fail()), seek.revision);
    }
  }

  it('VD16 frozen for 5 s: nobody is disconnected, neighbours talk, commands are refused, and the event lane is back within 3 s', async () => {
    const eventLaneMs = await drill(
      'frozen',
      () => run.redis.pause(),
      async () => run.redis.resume(),
      AWAY_MS,
    );
    assert.ok(eventLaneMs <= BACK_WITHIN_MS, `${eventLaneMs} ms`);
  });

  it('VD16 killed, and started again empty after 5 s: the same', async () => {
    const eventLaneMs = await drill(
      'killed',
      () => run.redis.kill(),
      () => run.redis.start(),
      AWAY_MS,
    );
    assert.ok(eventLaneMs <= BACK_WITHIN_MS, `${eventLaneMs} ms`);
  });

  it('VD17 emptied, and restarted at once: the show goes on, as it was', async () => {
    const eventLaneMs = await drill(
      'emptied',
      () => run.redis.probe.flushall().then(() => run.redis.kill()),
      () => run.redis.start(),
      0,
    );
    assert.ok(eventLaneMs <= BACK_WITHIN_MS, `${eventLaneMs} ms`);
  });

  it('VD17 whoever takes the event from an emptied Redis has all of it', async () => {
    const victim = await run.victim(({ hasStage }) => hasStage);
    await victim.kill();
    await moveOn();
    await until(
      'all fans are in and have it',
      () => {
        return fans.every(({ session: { phase, view } }) => {
          return phase.value.kind === 'live' && view.value !== null && revisionOf(view.value) === seek.revision;
        });
      },
      30_000,
    );
    await victim.start();
    await holds();
    assert.ok(Math.max(...fans.map(offBy)) <= MOVED_AT_MOST_MS);
  });

  it('VD16 no acknowledgement was false: each line and each command is in the journals, once; no line was shown late', async () => {
    await Promise.all([chatter.stop(), host.stop()]);
    const acknowledged = fans.flatMap((fan) => fan.acknowledged);
    assert.ok(acknowledged.length > FANS);
    assert.deepEqual(missingFrom(run.linesInJournals(), acknowledged), []);
    const done = Map.groupBy(announced(commandsInJournals(run)), ({ text }) => text);
    const falsely = host.commands.filter(({ text, outcome }) => outcome === 'accepted' && done.get(text)?.length !== 1);
    assert.deepEqual(falsely, []);
    // Whoever takes a new seat is shown the last lines with it, however old they are.
    const stayed = fans.filter(({ gaps }) => gaps.length === 0);
    assert.ok(stayed.length > 0);
    const late = chatter.said.flatMap(({ text, saidAtMs }) => {
      return stayed.map((fan) => (fan.seenAtMs(text) ?? 0) - saidAtMs).filter((tookMs) => tookMs > STALE_MS);
    });
    assert.deepEqual(late, []);
  });
});
