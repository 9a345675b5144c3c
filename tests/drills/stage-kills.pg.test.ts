/** Ten times in a row the stage's process is killed while a host gives commands. */
import assert from 'node:assert/strict';
import type { StaffSession } from '../../client/session/staff-types.ts';
import type { CommandEntry } from '../../schemas/stage.ts';
import { askForTicket, enter, type Stranger } from '../support/stranger.ts';
import { until } from '../support/until.ts';
import { announced, commandsInDatabase, commandsInJournals } from './command-record.ts';
import { keepFigures } from './drill-figures.ts';
import { type DrillRun, startDrillRun } from './drill-run.ts';
import { enterPageFans, type PageFan, revisionOf } from './page-fan.ts';
import { announcementOf, type BusyHost, numberIn, startBusyHost } from './stage-kills-host.ts';

const KILLS = 10;
const PROCESSES = 4;
const FANS = 16;
/** So few that the fans sit on several processes. */
const SECTION_SEATS = '6';
const FOUND_WITHIN_MS = 3_000;
const MOVED_AT_MOST_MS = 50;
const SLOW_MS = 2_000;

describe('the stage’s process, killed ten times in a row', function () {
  this.timeout(300_000);
  let run: DrillRun;
  let console: StaffSession;
  let host: BusyHost;
  let fans: PageFan[] = [];
  let outcast: Stranger;
  /** From each kill to the first acknowledgement by the stage that followed. */
  const foundMs: number[] = [];
  const epochs: number[] = [];
  let movedMs = 0;

  before(async () => {
    run = await startDrillRun({ processes: PROCESSES, env: { SECTION_SEATS } });
    outcast = await enter(run.origins[0] ?? '', run.slug, { name: 'Outcast' });
    fans = await enterPageFans(run, FANS);
    console = await run.console();
    await console.command('slow-mode', { everyMs: SLOW_MS });
    await console.command('links', { allow: 'staff' });
    await console.command('mute', { fanId: mutedFan().session.fan.value?.id as never, forMs: 3_600_000 });
    await console.command('ban', { fanId: outcast.fan.id as never, forMs: null, scope: 'event', reason: 'drill' });
    assert.equal(await outcast.closed, 4200);
    host = startBusyHost(console, run.random);
  });
  after(async () => {
    await host?.stop();
    for (const fan of fans) fan[Symbol.dispose]();
    await run?.[Symbol.asyncDispose]();
  });

  const mutedFan = () => fans[0] as PageFan;
  const newestAnnouncement = (fan: PageFan) => numberIn(fan.announcements.at(-1) ?? '');

  /** Everybody is in, and has what the host was last told. */
  async function caughtUp(): Promise<void> {
    const { n = 0 } = host.acknowledged.findLast(({ seek }) => seek === null) ?? {};
    const { revision = 0 } = host.lastSeek() ?? {};
    await until(
      'every fan is in and has what was acknowledged',
      () =>
        fans.every(({ session: { phase, view } }, index) => {
          const fan = fans[index] as PageFan;
          return (
            phase.value.kind === 'live' &&
            view.value !== null &&
            revisionOf(view.value) >= revision &&
            newestAnnouncement(fan) >= n
          );
        }),
      30_000,
    );
  }

  /** How far each fan is from where the last acknowledged seek has the music. */
  function offBy(fan: PageFan): number {
    const seek = host.lastSeek();
    assert.ok(seek !== undefined && fan.session.view.value !== null);
    // The host goes on: who has a newer seek already is compared at the next kill.
    if (revisionOf(fan.session.view.value) !== seek.revision) return 0;
    const atMs = Math.max(seek.applyAtMs, fan.session.clock.nowMs());
    return Math.abs(fan.positionAt(atMs) - (seek.toMs + atMs - seek.applyAtMs));
  }

  const eventClockOffset = ({ session }: PageFan) => session.clock.nowMs() - performance.now();

  async function killOnce(): Promise<void> {
    await run.settled();
    await caughtUp();
    const given = host.acknowledged.length;
    // At a random moment of the host's own rhythm.
    await until('the host has given some more', () => host.acknowledged.length > given + run.between(1, 12));
    const victim = await run.victim(({ hasStage }) => hasStage);
    const killedId = (await victim.status())?.processId;
    const stay = fans.filter(({ processId }) => processId !== killedId);
    const gapsBefore = stay.map(({ gaps }) => gaps.length);
    const offsetsBefore = stay.map(eventClockOffset);
    const epochBefore = console.view.value?.epoch ?? 0;

    const killedAtMs = performance.now();
    await victim.kill();
    // As its supervisor would.
    const restarted = victim.start();
    const first = () => host.acknowledged.find(({ atMs, epoch }) => atMs > killedAtMs && epoch > epochBefore);
    await until('a new stage acknowledges', () => first() !== undefined, 20_000);
    const { atMs = 0, epoch = 0 } = first() ?? {};
    foundMs.push(Math.round(atMs - killedAtMs));
    epochs.push(epoch);

    await caughtUp();
    const moved = stay.map((fan, n) => offBy(fan) + Math.abs(eventClockOffset(fan) - (offsetsBefore[n] ?? 0)));
    movedMs = Math.max(movedMs, ...moved);
    assert.deepEqual(
      stay.map(({ gaps }) => gaps.length),
      gapsBefore,
      'a fan of another process lost the seat',
    );
    for (const { session } of fans) {
      assert.deepEqual([session.view.value?.policy.slowMs, session.view.value?.policy.links], [SLOW_MS, 'staff']);
    }
    assert.equal((await mutedFan().say('am I heard?')).code, 'muted');
    await restarted;
    const door = run.origins[run.between(0, PROCESSES - 1)] ?? '';
    assert.equal((await askForTicket(door, run.slug, { name: 'Outcast' }, outcast.fan.token)).body.code, 'banned');
  }

  it('VD10 commands are acknowledged again within 3 s of each kill; mutes, bans and policy hold', async () => {
    for (let n = 0; n < KILLS; n += 1) await killOnce();
    await host.stop();
    await caughtUp();
    keepFigures('stage kills', {
      seed: run.seed,
      processes: PROCESSES,
      fans: FANS,
      kills: KILLS,
      foundMs,
      foundMaxMs: Math.max(...foundMs),
      commandsAcknowledged: host.acknowledged.length,
      commandsRefused: host.refused.length,
      playheadMovedMaxMs: Math.round(movedMs * 1_000) / 1_000,
      epochs,
    });
    assert.equal(foundMs.length, KILLS);
    assert.ok(Math.max(...foundMs) <= FOUND_WITHIN_MS, foundMs.join());
  });

  it('VD11 every stage has a higher epoch than the one before, in the journals too', async () => {
    assert.ok(
      epochs.every((epoch, n) => n === 0 || epoch > (epochs[n - 1] ?? 0)),
      epochs.join(),
    );
    const kept = announced(commandsInJournals(run));
    const epochOf = new Map(kept.map(({ text, epoch }) => [text, epoch]));
    const inOrder = host.acknowledged.filter(({ seek }) => seek === null).map(({ n }) => epochOf.get(announcementOf(n)) ?? 0);
    assert.ok(inOrder.every((epoch, n) => n === 0 || epoch >= (inOrder[n - 1] ?? 0)));
    assert.ok(new Set(inOrder).size > KILLS);
  });

  it('VD12 no kill moves a playhead by more than 50 ms, and none moves without a command', () => {
    assert.ok(movedMs <= MOVED_AT_MOST_MS, `${movedMs} ms`);
    const seeks = new Set(
      commandsInJournals(run)
        .filter(({ command, result }) => command === 'seek' && result === 'done')
        .map(({ reply }) => reply['revision']),
    );
    const jumps = fans.flatMap((fan) => fan.jumps.filter(({ byMs }) => byMs > MOVED_AT_MOST_MS));
    assert.ok(jumps.length > 0);
    assert.deepEqual(
      jumps.filter(({ fromRevision, toRevision }) => toRevision <= fromRevision || !seeks.has(toRevision)),
      [],
    );
  });

  it('VD13 no acknowledged command is undone or done twice: each is in journals and database once, and no fan sees an older one again', async () => {
    const isAnnouncement = host.acknowledged.filter(({ seek }) => seek === null);
    const acknowledged = isAnnouncement.map(({ n }) => announcementOf(n));
    const timesIn = (kept: readonly { readonly text: string }[]) => {
      const times = Map.groupBy(kept, ({ text }) => text);
      return acknowledged.filter((text) => times.get(text)?.length !== 1);
    };
    assert.deepEqual(timesIn(announced(commandsInJournals(run))), []);
    await until('the database has them', async () => timesIn(announced(await commandsInDatabase(run))).length === 0, 30_000);
    const seeks = host.acknowledged.filter(({ seek }) => seek !== null);
    const seeksIn = (kept: readonly CommandEntry[]) => {
      const times = Map.groupBy(
        kept.filter(({ command, result }) => command === 'seek' && result === 'done'),
        ({ reply }) => reply['revision'],
      );
      return seeks.filter(({ revision }) => times.get(revision)?.length !== 1);
    };
    assert.ok(seeks.length > 0);
    assert.deepEqual(seeksIn(commandsInJournals(run)), []);
    await until('the database has the seeks', async () => seeksIn(await commandsInDatabase(run)).length === 0, 30_000);
    for (const { name, announcements } of fans) {
      const seen = announcements.map(numberIn);
      assert.deepEqual(
        seen.toSorted((a, b) => a - b),
        seen,
        name,
      );
      assert.equal(announcements.at(-1), announcements.map(numberIn).length > 0 ? acknowledged.at(-1) : '');
    }
    const seek = host.lastSeek();
    for (const { session } of fans) assert.equal(revisionOf(session.view.value ?? assert.fail()), seek?.revision);
  });
});
