/** PostgreSQL gone for half a minute, behind PgBouncer, while fans chat and staff give commands. */
import assert from 'node:assert/strict';
import type { StaffSession } from '../../client/session/staff-types.ts';
import { until } from '../support/until.ts';
import { type Chatter, startChatter } from './chatter.ts';
import { announced, commandsInDatabase } from './command-record.ts';
import { keepFigures } from './drill-figures.ts';
import { keptTwice, missingFrom } from './drill-journals.ts';
import { type DrillRun, startDrillRun } from './drill-run.ts';
import { enterPageFan, enterPageFans, type PageFan } from './page-fan.ts';
import { untilTaken } from './until-taken.ts';

const AWAY_MS = 30_000;
const PROCESSES = 3;
const FANS = 12;
/** So few that the fans sit on several processes. */
const SECTION_SEATS = '8';
const SHIPPED_WITHIN_MS = 60_000;
const COMMANDS = 5;

describe('PostgreSQL away for half a minute', function () {
  this.timeout(240_000);
  let run: DrillRun;
  let console: StaffSession;
  let fans: PageFan[] = [];
  let chatter: Chatter;
  before(async () => {
    run = await startDrillRun({ processes: PROCESSES, env: { SECTION_SEATS } });
    fans = await enterPageFans(run, FANS);
    console = await run.console();
    chatter = startChatter(fans, run.random);
  });
  after(async () => {
    run?.services.postgres.thaw();
    await chatter?.stop();
    for (const fan of fans) fan[Symbol.dispose]();
    await run?.[Symbol.asyncDispose]();
  });

  const WAYS = [
    { how: 'stopped', leave: () => run.services.postgres.stop(), comeBack: () => run.services.postgres.start() },
    { how: 'killed', leave: () => run.services.postgres.kill(), comeBack: () => run.services.postgres.start() },
    { how: 'frozen', leave: async () => run.services.postgres.freeze(), comeBack: async () => run.services.postgres.thaw() },
  ] as const;

  /** The sum over all processes of a figure that they publish. */
  async function figure(name: string): Promise<number> {
    const pages = await Promise.all(
      run.origins.map(async (origin) => (await fetch(`${origin}/metrics`, { headers: { connection: 'close' } })).text()),
    );
    return pages.reduce((sum, page) => sum + Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1] ?? Number.NaN), 0);
  }

  it('VD18 the show goes on, and every acknowledged line and command is in the database later, once', async () => {
    const { how, leave, comeBack } = WAYS[run.between(0, WAYS.length - 1)] ?? WAYS[0];
    await until('everybody has said something', () => fans.every(({ acknowledged }) => acknowledged.length > 0), 20_000);
    await leave();
    const leftAtMs = performance.now();
    const isMeanwhile = (atMs: number) => atMs >= leftAtMs && atMs < leftAtMs + AWAY_MS;

    for (let n = 1; n <= COMMANDS; n += 1) await console.command('announce', { text: `without a database ${n}` });
    const target = fans[0]?.session.fan.value?.id as never;
    await console.command('ban', { fanId: target, forMs: null, scope: 'label', reason: 'drill' });
    await until('the banned fan is out', () => fans[0]?.session.phase.value.kind === 'closed', 20_000);
    await console.command('unban', { fanId: target });
    await console.command('ban', { fanId: target, forMs: 3_600_000, scope: 'label', reason: 'drill again' });
    await until('half a minute is over', () => performance.now() - leftAtMs >= AWAY_MS, AWAY_MS * 2);
    const waiting = await figure('front_row_journal_unshipped_rows');
    const failed = await figure('front_row_journal_failed_shipments');
    await comeBack();
    const backAtMs = performance.now();

    const acknowledgedSoFar = fans.flatMap(({ acknowledged }) => [...acknowledged]);
    const isShipped = async () => missingFrom(await run.linesInDatabase(), acknowledgedSoFar).length === 0;
    await until('all that was said meanwhile is in the database', isShipped, SHIPPED_WITHIN_MS);
    const shippedMs = performance.now() - backAtMs;
    await chatter.stop();
    const acknowledged = fans.flatMap((fan) => fan.acknowledged);
    await until(
      'so is all that was said since',
      async () => missingFrom(await run.linesInDatabase(), acknowledged).length === 0,
      SHIPPED_WITHIN_MS,
    );
    await until(
      'nothing waits any more',
      async () => (await figure('front_row_journal_unshipped_rows')) === 0,
      SHIPPED_WITHIN_MS,
    );

    const others = fans.slice(1);
    const meanwhile = chatter.said.filter(({ saidAtMs, by }) => isMeanwhile(saidAtMs) && by !== fans[0]);
    const took = meanwhile.map(({ tookMs }) => tookMs ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b);
    keepFigures('PostgreSQL away', {
      seed: run.seed,
      processes: PROCESSES,
      fans: FANS,
      how,
      awayMs: AWAY_MS,
      fansDisconnected: others.flatMap(({ gaps }) => gaps).length,
      linesMeanwhile: meanwhile.length,
      linesRefusedMeanwhile: meanwhile.filter(({ isAcknowledged }) => !isAcknowledged).length,
      ackMaxMs: Math.round(took.at(-1) ?? 0),
      rowsWaiting: waiting,
      failedShipments: failed,
      shippedAfterMs: Math.round(shippedMs),
      acknowledgedLines: acknowledged.length,
    });
    assert.ok(meanwhile.length > FANS);
    assert.deepEqual(
      meanwhile.filter(({ isAcknowledged }) => !isAcknowledged),
      [],
    );
    assert.deepEqual(
      others.flatMap(({ gaps }) => gaps),
      [],
    );
    assert.ok(waiting > 0 && failed > 0, `${waiting} rows waited after ${failed} failures`);
    const kept = await run.linesInDatabase();
    assert.equal(new Set(kept.map(({ id }) => id)).size, kept.length);
    assert.deepEqual(keptTwice(kept), []);
    const texts = announced(await commandsInDatabase(run)).map(({ text }) => text);
    assert.deepEqual(
      texts,
      Array.from({ length: COMMANDS }, (_, n) => `without a database ${n + 1}`),
    );
    const { postgres, database } = run.services;
    const bans = () => postgres.query<{ reason: string }>('SELECT reason FROM label_bans', database);
    await until(
      'the label knows the last word on the ban',
      async () => (await bans()).map(({ reason }) => reason).join() === 'drill again',
      20_000,
    );
  });

  it('VD18 the processes find the database again: who comes then is let in', async () => {
    await untilTaken(() => console.command('unban', { fanId: fans[0]?.session.fan.value?.id as never }));
    using late = await enterPageFan(run, run.origins[0] ?? '', 'Late');
    assert.equal((await late.say('better late')).code, null);
  });
});
