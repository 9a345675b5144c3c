import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { seeded } from '../../core/seeded.ts';
import { silentLog } from '../../tests/contract/silent-log.ts';
import { type PostgresServer, startPostgres } from '../../tests/support/postgres-server.ts';
import { until } from '../../tests/support/until.ts';
import { migratePg } from './pg-migrate.ts';
import { claimJournal, claimOrphan } from './ship-slots.ts';

const PROCESS = new URL('../../tests/contract/ship-forever.ts', import.meta.url).pathname;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));

interface Shipping {
  readonly child: ChildProcess;
  readonly said: string[];
  journal(): string | undefined;
  lines(): string[];
  adopted(): number;
  end(signal: NodeJS.Signals): Promise<void>;
}

describe('journals of a machine', function () {
  this.timeout(120_000);
  let dir: string;
  let running: Shipping[];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'front-row-slots-'));
    running = [];
  });
  afterEach(async () => {
    for (const { end } of running) await end('SIGKILL');
    await rm(dir, { recursive: true });
  });

  function start(url: string, first = 1, count = 0): Shipping {
    const child = spawn(process.execPath, [PROCESS, dir, url, String(first), String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(child, 'close');
    const said: string[] = [];
    createInterface({ input: child.stdout }).on('line', (text) => said.push(text));
    const saidOf = (what: string) =>
      said.filter((text) => text.startsWith(`${what} `)).map((text) => text.slice(what.length + 1));
    const made: Shipping = {
      child,
      said,
      journal: () => saidOf('journal')[0],
      lines: () => saidOf('line'),
      adopted: () => Number(saidOf('adopted').at(-1) ?? 0),
      async end(signal) {
        child.kill(signal);
        await gone;
      },
    };
    running.push(made);
    return made;
  }

  it('PG30 two processes never hold one journal, and a new one takes the first that is free', () => {
    const slots = [claimJournal(dir), claimJournal(dir), claimJournal(dir)];
    assert.deepEqual(
      slots.map(({ path }) => path),
      ['journal.sqlite', 'journal-1.sqlite', 'journal-2.sqlite'].map((name) => join(dir, name)),
    );
    slots[1]?.release();
    const again = claimJournal(dir);
    assert.equal(again.path, slots[1]?.path);
    for (const slot of [slots[0], slots[2], again]) slot?.release();
  });

  it('PG31 a journal is an orphan when nobody holds it and somebody wrote to it since', () => {
    const held = claimJournal(dir);
    writeFileSync(held.path, 'held');
    assert.equal(claimOrphan(dir), null);
    const path = join(dir, 'journal-4.sqlite');
    writeFileSync(path, 'left');
    writeFileSync(`${path}.bak`, 'other');
    const orphan = claimOrphan(dir);
    assert.equal(orphan?.path, path);
    assert.equal(claimOrphan(dir), null, 'one adopts it');
    orphan.release();
    assert.equal(claimOrphan(dir, new Set([path])), null);
    const again = claimOrphan(dir);
    again?.finish();
    again?.release();
    assert.equal(claimOrphan(dir), null, 'nothing is left to ship');
    writeFileSync(`${path}-wal`, 'more');
    const more = claimOrphan(dir);
    assert.equal(more?.path, path);
    more.release();
    held.release();
  });

  it('PG32 a stopped process keeps its journal; a killed one loses it at once', async () => {
    const url = 'postgres://nobody@127.0.0.1:1/nowhere';
    const other = start(url);
    await until('it holds a journal', () => other.journal() !== undefined, 30_000);
    other.child.kill('SIGSTOP');
    const mine = claimJournal(dir);
    assert.notEqual(mine.path, other.journal());
    mine.release();
    await other.end('SIGKILL');
    const freed = claimJournal(dir);
    assert.equal(freed.path, other.journal());
    freed.release();
  });

  describe('with a database', () => {
    let server: PostgresServer;
    before(async () => {
      console.log(`      SEED=${seed}`);
      server = await startPostgres();
    });
    after(() => server[Symbol.asyncDispose]());

    it('PG33 what killed processes had acknowledged is shipped by those that live, each journal by one, each line once', async () => {
      const random = seeded(seed);
      const url = await server.createDatabase('adoption');
      await migratePg({ url, clock: systemClock(), log: silentLog });
      const victims = [1, 10_001].map((first) => start(url, first, 10_000));
      await until('the victims have journals', () => victims.every((victim) => victim.journal() !== undefined), 30_000);
      const heirs = [20_001, 30_001, 40_001].map((first) => start(url, first, 50));
      await until('the heirs have journals', () => heirs.every((heir) => heir.journal() !== undefined), 30_000);
      assert.equal(new Set([...victims, ...heirs].map((each) => each.journal())).size, 5, 'nobody shares a journal');
      const enough = victims.map((victim) => victim.lines().length + 20 + Math.floor(random() * 400));
      await until('both have said enough', () => victims.every((victim, i) => victim.lines().length >= (enough[i] ?? 0)), 60_000);
      await Promise.all(victims.map((victim) => victim.end('SIGKILL')));
      const acknowledged = victims.flatMap((victim) => victim.lines());
      const there = async () => {
        const found = await server.query<{ id: string }>('select id from journal_lines', 'adoption');
        return new Set(found.map(({ id }) => id));
      };
      await until(
        'everything acknowledged is there',
        async () => {
          const ids = await there();
          return [...acknowledged, ...heirs.flatMap((heir) => heir.lines())].every((id) => ids.has(id));
        },
        60_000,
      );
      await until('they have said all', () => heirs.every((heir) => heir.lines().length === 50), 30_000);
      const adopted = () => heirs.reduce((sum, heir) => sum + heir.adopted(), 0);
      await until('each journal was adopted', () => adopted() >= victims.length, 30_000);
      assert.equal(adopted(), victims.length, 'each by one');
      // At most the line that was being acknowledged when it died, of each victim, comes besides.
      const all = new Set([...acknowledged, ...heirs.flatMap((heir) => heir.lines())]);
      assert.ok((await there()).size <= all.size + victims.length);
    });

    it('PG34 one process alone ships the journals of all that are gone', async () => {
      const url = await server.createDatabase('sole');
      await migratePg({ url, clock: systemClock(), log: silentLog });
      // Out of reach: nothing of theirs is shipped before they die.
      const victims = [1, 1_001, 2_001].map((first) => start('postgres://nobody@127.0.0.1:1/nowhere', first, 30));
      await until('they have said all', () => victims.every((victim) => victim.lines().length === 30), 60_000);
      await Promise.all(victims.map((victim) => victim.end('SIGKILL')));
      const heir = start(url);
      await until('it has adopted two, besides the one that became its own', () => heir.adopted() === 2, 60_000);
      await until('all 90 lines are there', async () => {
        const [found] = await server.query<{ n: number }>('select count(*)::int as n from journal_lines', 'sole');
        return found?.n === 90;
      });
    });
  });
});
