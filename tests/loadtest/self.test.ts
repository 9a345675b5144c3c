/** The load test, tested: what was planted in a run is what its report says. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../core/clock.ts';
import { startCrowd } from '../../loadtest/crowd/crowd.ts';
import type { CrowdResult } from '../../loadtest/crowd/types.ts';
import type { House } from '../../loadtest/house/house.ts';
import { openOne } from '../../loadtest/house/own-house.ts';
import { checkJournal } from '../../loadtest/journal/journal-check.ts';
import { localLines } from '../../loadtest/journal/journal-rows.ts';
import { buildReport } from '../../loadtest/report/build-report.ts';
import { countAbove } from '../../loadtest/report/histogram.ts';
import type { Report } from '../../loadtest/report/report.ts';
import { until } from '../support/until.ts';
import { familyOf } from './family.ts';
import { madeUpFacts } from './made-up-run.ts';

const FANS = 60;
const CHAT_EVERY_MS = 2_500;
const STOPPED_MS = 2_000;

describe('the load test itself', function () {
  this.timeout(180_000);
  const scratch = mkdtempSync(join(tmpdir(), 'front-row-self-'));
  const passing = join(scratch, 'tmp');
  mkdirSync(passing);
  const loadtest = (...args: readonly string[]) =>
    spawn(process.execPath, ['loadtest/main.ts', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, TMPDIR: passing },
    });
  let house: House;
  let result: CrowdResult;

  before('sixty fans talk, and the server stops for two seconds', async () => {
    const said: string[] = [];
    house = await openOne({ clock: systemClock(), random: Math.random, env: process.env, say: (line) => void said.push(line) });
    await using crowd = await startCrowd({
      slug: house.slug,
      origins: house.origins,
      seed: 11,
      processes: 1,
      count: FANS,
      arrivals: [
        [0, 0],
        [1_000, FANS],
      ],
      chat: { share: 1, everyMs: CHAT_EVERY_MS },
    });
    await until(
      'all are in and half have spoken',
      () => crowd.status().live === FANS && crowd.status().acknowledged >= FANS / 2,
      60_000,
    );
    const { pid } = (await (await fetch(`${house.origins[0]}/status`)).json()) as { pid: number };
    process.kill(pid, 'SIGSTOP');
    const endAtMs = performance.now() + STOPPED_MS;
    await until('it has stood still long enough', () => performance.now() > endAtMs);
    process.kill(pid, 'SIGCONT');
    const then = crowd.status().acknowledged;
    await until('they have spoken on', () => crowd.status().acknowledged >= then + 3 * FANS, 60_000);
    result = await crowd.end();
  });

  after(async () => {
    await house?.[Symbol.asyncDispose]();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('LT15 a planted stop of two seconds shows as a second and more, for those whose moment fell into its first half', () => {
    const report = buildReport(madeUpFacts({ crowd: result }));
    const median = report.curves.chatAck.find(([share]) => share === 0.5)?.[1] ?? Number.NaN;
    assert.ok(report.chat.ackP99Ms >= 1_000, `p99 is ${report.chat.ackP99Ms} ms`);
    assert.ok(median < 1_000, `the median is ${median} ms`);
    // Had latency counted from when the crowd got round to it, one line each would be late at most.
    const meantForFirstHalf = (FANS * (STOPPED_MS - 1_000)) / CHAT_EVERY_MS;
    const late = countAbove(result.histograms.chatAck, 999);
    assert.ok(late >= meantForFirstHalf / 2, `${late} lines were a second late, of about ${meantForFirstHalf}`);
  });

  it('LT15 nothing acknowledged is missing, and one planted loss is reported as exactly one', () => {
    assert.ok(result.acknowledged.length >= 3 * FANS);
    const whole = checkJournal(result.acknowledged, { local: localLines(house.dataDir ?? ''), shipped: null });
    assert.deepEqual([whole.lost, whole.duplicated, whole.checked], [[], [], result.acknowledged.length]);

    const file = join(scratch, 'journal.sqlite');
    const journal = new DatabaseSync(join(house.dataDir ?? '', 'journal.sqlite'), { readOnly: true });
    journal.exec(`VACUUM INTO '${file}'`);
    journal.close();
    const copy = new DatabaseSync(file);
    const victim = result.acknowledged[Math.floor(result.acknowledged.length / 2)]?.id ?? '';
    assert.equal(copy.prepare('DELETE FROM lines WHERE id = ?').run(victim).changes, 1);
    copy.close();
    const verdict = checkJournal(result.acknowledged, { local: localLines(scratch), shipped: null });
    assert.deepEqual(verdict.lost, [victim]);
    const report = buildReport(madeUpFacts({ crowd: result, journal: verdict }));
    assert.equal(report.chat.lost, 1);
    assert.ok(report.targets.some(({ name, met }) => name === 'acknowledged lines lost' && !met));
  });

  it('LT16 plays smoke: everybody in, nothing lost, a report written, and nothing left behind', async () => {
    const out = join(scratch, 'smoke');
    const { code, err } = await ended(loadtest('smoke', '--one', '--seed', '5', '--out', out));
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
    // How fast it was is the machine's business, which other tests use at the same time.
    const wrong = report.targets.filter(({ met, about }) => !met && about === 'correctness');
    assert.deepEqual(wrong, [], err);
    assert.equal(code, report.met ? 0 : 1);
    assert.deepEqual([report.fans.joined, report.seed, report.chat.lost], [200, 5, 0]);
    assert.ok(report.chat.acknowledged > 0 && report.command.count > 0 && report.cue.count > 0);
    assert.ok(existsSync(join(out, 'report.html')));
    assert.deepEqual(readdirSync(passing), [], 'it left something in the folder for passing things');
  });

  it('LT16 ends all that it started when interrupted', async () => {
    const child = loadtest('smoke', '--one', '--out', join(scratch, 'none'));
    const end = ended(child);
    let family: number[] = [];
    await until(
      'fans are on their way',
      () => {
        family = familyOf(child.pid ?? -1);
        return family.length >= 3;
      },
      60_000,
    );
    child.kill('SIGINT');
    const { code } = await end;
    assert.equal(code, 130);
    await until('the house and the fans are gone', () => family.every((pid) => !existsSync(`/proc/${pid}`)), 30_000);
    assert.deepEqual(readdirSync(passing), [], 'it left something in the folder for passing things');
    assert.ok(!existsSync(join(scratch, 'none')));
  });

  it('LT1 says what it can play when it is asked for something else', async () => {
    const { code, err } = await ended(loadtest('encore'));
    assert.equal(code, 2);
    assert.match(err, /name one profile: smoke, steady, tweet/);
  });
});

async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly err: string }> {
  let err = '';
  child.stderr?.on('data', (chunk: Buffer) => void (err += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, err };
}
