/** `npm run cluster:deploy` over eight processes while 2,000 fans chat. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { StaffSession } from '../../client/session/staff-types.ts';
import { systemClock } from '../../core/clock.ts';
import { seeded } from '../../core/seeded.ts';
import type { CrowdResult } from '../../loadtest/crowd/types.ts';
import { FanId } from '../../schemas/ids.ts';
import { type ClusterRun, type CommandResult, prepareCluster, type StatusRow } from '../cluster/cluster-run.ts';
import { quietMusic } from '../support/party-cluster.ts';
import { askForTicket, enter, refusalOf } from '../support/stranger.ts';
import { until } from '../support/until.ts';
import { openConsole } from './drill-console.ts';
import { type DrillCrowd, FANS, startDrillCrowd } from './drill-crowd.ts';
import { keepFigures } from './drill-figures.ts';
import { linesInDatabase, linesInJournals } from './drill-journals.ts';
import { gapsSince, judgeLines, type LineLedger, type Spread, spreadOf } from './drill-ledger.ts';
import { drillSeed, ONE_NETWORK } from './drill-run.ts';
import { startDrillServices } from './drill-services.ts';
import { playedFor } from './played.ts';

const PROCESSES = 8;
const GAP_P99_MS = 2_000;
const DEPLOYED_WITHIN_MS = 240_000;
const SHIPPED_WITHIN_MS = 40_000;
const SEEK_MAX_MS = 120_000;
const MOVED_AT_MOST_MS = 50;
const clock = systemClock();

describe('a rolling deploy of eight processes while 2,000 fans chat', function () {
  this.timeout(900_000);
  let stack = new AsyncDisposableStack();
  let cluster: ClusterRun;
  let drill: DrillCrowd;
  let console: StaffSession;
  let rowsBefore: StatusRow[];
  let rowsAfter: StatusRow[];
  let deploy: CommandResult;
  let tookMs = 0;
  let result: CrowdResult;
  let lines: LineLedger;
  let gaps: Spread;
  /** What was decided before, as it is found at every door and page of the new processes. */
  let banned: string[];
  let muted: string;
  let links: (string | undefined)[];
  let movedMs = 0;

  const play = async () => {
    const seed = drillSeed();
    const random = seeded(seed);
    const services = stack.use(await startDrillServices());
    cluster = stack.use(await prepareCluster(PROCESSES, { ...ONE_NETWORK, ...services.env }));
    // Tracks that are longer than a deploy may take.
    const { fanUrl, hostUrl } = await cluster.start({ MEDIA_DIR: quietMusic(join(cluster.dataDir, '..')) });
    const slug = new URL(fanUrl).pathname.split('/').at(-1) ?? '';
    const invite = new URLSearchParams(new URL(hostUrl).hash.slice(1)).get('invite') ?? '';
    const origins = Array.from({ length: PROCESSES }, (_, n) => `http://127.0.0.1:${cluster.port + n}`);
    drill = stack.use(await startDrillCrowd({ slug, origins, seed, random }));
    console = await openConsole({ slug, origin: origins[0] ?? '', invite, random });
    stack.defer(() => console.leave());
    const [outcast, loud] = [
      await enter(origins[1] ?? '', slug, { name: 'Outcast' }),
      await enter(origins[2] ?? '', slug, { name: 'Loud' }),
    ];
    await console.command('links', { allow: 'staff' });
    await console.command('mute', { fanId: FanId.parse(loud.fan.id), forMs: 3_600_000 });
    await console.command('ban', { fanId: FanId.parse(outcast.fan.id), forMs: null, scope: 'event', reason: 'drill' });
    await loud.leave();
    const toMs = Math.floor(random() * SEEK_MAX_MS);
    const { applyAtMs = 0 } = await console.command('seek', { toMs });
    rowsBefore = await cluster.status();
    const startedAtMs = clock.nowMs();
    deploy = await cluster.run('deploy');
    tookMs = clock.nowMs() - startedAtMs;
    rowsAfter = await cluster.status();
    await drill.allIn();
    banned = await Promise.all(
      origins.map(
        async (origin) => (await askForTicket(origin, slug, { name: 'Outcast' }, outcast.fan.token)).body.code ?? 'let in',
      ),
    );
    const back = await enter(origins[0] ?? '', slug, { name: 'Loud' }, loud.fan.token);
    muted = await refusalOf(back.ask('chat', { key: 'after', text: 'am I heard?' }));
    await back.leave();
    links = drill.witnesses.map(({ fan: { session } }) => session.view.value?.policy.links);
    movedMs = Math.max(
      ...drill.witnesses.map(({ fan }) => {
        const atMs = fan.session.clock.nowMs();
        return Math.abs(fan.positionAt(atMs) - (toMs + atMs - applyAtMs));
      }),
    );
    await drill.fallSilent(console);
    result = await drill.crowd.end();
    const judged = async () => {
      const shipped = await linesInDatabase(services.postgres, services.database);
      return judgeLines(result, drill.witnesses, linesInJournals(cluster.dataDir), shipped);
    };
    const isShipped = async () => (await judged()).notShipped.length === 0;
    await until('everything is in the database', isShipped, SHIPPED_WITHIN_MS);
    lines = await judged();
    gaps = spreadOf(gapsSince(result, drill.witnesses, startedAtMs));
    keepFigures('rolling deploy', {
      seed,
      fans: FANS,
      processes: PROCESSES,
      tookS: Math.round(tookMs / 1_000),
      gaps,
      lines: { acknowledged: lines.acknowledged, lost: lines.lost.length, shownTwice: lines.shownTwice },
      playheadMovedMs: Math.round(movedMs * 1_000) / 1_000,
      generatorLagMs: Math.round(result.peakLagMs),
    });
  };
  const clear = async () => {
    const played = stack;
    stack = new AsyncDisposableStack();
    await played.disposeAsync();
  };
  const { exactly } = playedFor(play, clear);

  it('VD7 every process is renewed within 4 min', () => {
    assert.equal(deploy.code, 0, deploy.err);
    assert.ok(tookMs <= DEPLOYED_WITHIN_MS, `${tookMs} ms`);
    const old = new Set(rowsBefore.map(({ pid }) => pid));
    assert.equal(rowsAfter.filter(({ pid, ready }) => ready && pid !== null && !old.has(pid)).length, PROCESSES);
  });

  it('VD8 fans are moved, never cut off: p99 of all gaps ≤ 2 s', () => {
    assert.ok(gaps.count >= FANS, `${gaps.count} gaps`);
    assert.deepEqual(Object.keys(result.dropped), ['4100']);
    assert.ok(gaps.p99Ms <= GAP_P99_MS, `p99 ${gaps.p99Ms} ms, ${gaps.maxMs} ms at most`);
  });

  exactly(
    'VD9 no acknowledged line is lost, none is kept or shown twice, and all end with the same revision and event lane',
    () => {
      assert.ok(lines.acknowledged > 500, `${lines.acknowledged} lines`);
      assert.deepEqual(lines.lost, []);
      assert.deepEqual(lines.keptTwice, []);
      assert.equal(lines.shownTwice, 0);
      assert.deepEqual(lines.notShipped, []);
      assert.deepEqual(Object.values(result.revisions), [FANS]);
      assert.deepEqual(Object.values(result.eventLanes), [FANS]);
      assert.equal(result.frames.wrong, 0);
    },
  );

  exactly(
    'VD19 what was decided before holds afterwards: a ban at every door, a mute, the rules, and the position to 50 ms',
    () => {
      assert.deepEqual([...new Set(banned)], ['banned']);
      assert.equal(muted, 'muted');
      assert.deepEqual([...new Set(links)], ['staff']);
      assert.ok(movedMs <= MOVED_AT_MOST_MS, `${movedMs} ms`);
    },
  );
});
