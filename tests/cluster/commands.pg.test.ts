/** `npm run cluster` and its companions, with a Redis, a PostgreSQL and a PM2 of their own. */
import assert from 'node:assert/strict';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { askForTicket, enter } from '../support/stranger.ts';
import { until } from '../support/until.ts';
import { type ClusterRun, prepareCluster, type StatusRow } from './cluster-run.ts';

const SOON_MS = 60_000;

describe('npm run cluster', function () {
  this.timeout(300_000);
  let cluster: ClusterRun;
  let printed: { fanUrl: string; hostUrl: string };
  before(async () => {
    cluster = await prepareCluster(2);
    printed = await cluster.start();
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    assert.deepEqual(cluster.alive(), []);
  });

  const origin = (index: number) => `http://127.0.0.1:${cluster.port + index}`;
  const allReady = async (isMore: (rows: readonly StatusRow[]) => boolean = () => true) => {
    const rows = await cluster.status();
    return rows.length === 2 && rows.every(({ ready }) => ready) && isMore(rows);
  };

  it('CL1 returns with both URLs once every process is ready', async () => {
    for (const index of [0, 1]) assert.equal((await fetch(`${origin(index)}/readyz`)).status, 200);
    assert.equal(printed.fanUrl, `http://localhost:${cluster.port}/e/demo`);
    assert.match(printed.hostUrl, new RegExp(`^http://localhost:${cluster.port}/host/demo#invite=\\w{24}$`));
    const invite = printed.hostUrl.split('=')[1];
    const reply = await askForTicket(origin(1), 'demo', { name: 'Olive', invite });
    assert.equal(reply.status, 201, reply.body.message);
  });

  it('CL2 runs on the pinned Node, with logs and PM2 in DATA_DIR, and keeps secrets out of the logs', () => {
    for (const index of [0, 1]) {
      const log = readFileSync(join(cluster.dataDir, 'cluster', 'logs', `front-row-${index}.log`), 'utf8');
      assert.ok(!log.includes('invite='), log);
      const line = cluster.alive().find((line) => line.includes(`name=front-row-${index} `)) ?? '';
      assert.ok(line.includes(`PM2_HOME=${cluster.dataDir}/cluster/pm2`), line);
      assert.equal(readlinkSync(`/proc/${cluster.pidOf(`front-row-${index}`)}/exe`), realpathSync('node_modules/.bin/node'));
    }
  });

  it('CL8 says what runs where, exactly as the contract has it', async () => {
    await using fan = await seated(origin(1));
    await until(
      'the fan is counted',
      async () => {
        return (await cluster.status()).some(({ sections }) => sections.some(({ fans }) => fans >= 1));
      },
      SOON_MS,
    );
    const rows = await cluster.status();
    assert.ok(fan.stranger.fan.id);
    assert.deepEqual(
      rows.map(({ index, port }) => [index, port]),
      [
        [0, cluster.port],
        [1, cluster.port + 1],
      ],
    );
    for (const row of rows) {
      assert.deepEqual(Object.keys(row), ['index', 'pid', 'port', 'processId', 'ready', 'stages', 'sections']);
      assert.ok(row.pid !== null && process.kill(row.pid, 0));
      assert.ok(row.ready);
    }
    assert.notEqual(rows[0]?.processId, rows[1]?.processId);
    assert.deepEqual(
      rows.flatMap(({ stages }) => stages),
      ['demo'],
    );
    for (const { roomId, slug, fans } of rows.flatMap(({ sections }) => sections)) {
      assert.match(roomId, /^sec-/);
      assert.equal(slug, 'demo');
      assert.ok(Number.isInteger(fans));
    }
    const { code, out } = await cluster.run('status');
    assert.equal(code, 0, out);
    assert.match(out, /^All is well: 2 processes, 1 event, \d+ sections?, \d+ fans?\.$/m);
  });

  it('CL5 finds what runs when it is started again, says the URLs again, and refuses to become another cluster', async () => {
    const pids = (await cluster.status()).map(({ pid }) => pid);
    const again = await cluster.start();
    assert.equal(again.fanUrl, printed.fanUrl);
    assert.notEqual(again.hostUrl, printed.hostUrl);
    assert.deepEqual(
      (await cluster.status()).map(({ pid }) => pid),
      pids,
    );
    const other = await cluster.run('start', [], { PROCESSES: '3' });
    assert.equal(other.code, 1);
    assert.match(other.err, /A cluster of 2 from port \d+ on runs already/);
    assert.ok(await allReady());
  });

  it('CL4 brings back a process that was killed, and Redis and PostgreSQL with what they knew', async () => {
    const before = await cluster.status();
    const victims = [before[1]?.pid ?? 0, cluster.pidOf('redis'), cluster.pidOf('postgres')];
    for (const pid of victims) process.kill(pid, 'SIGKILL');
    await until(
      'all is well again',
      async () => {
        return allReady((rows) => rows[1]?.pid !== before[1]?.pid && rows.flatMap(({ stages }) => stages).length === 1);
      },
      SOON_MS,
    );
    await using fan = await seated(origin(0));
    assert.ok(fan.stranger.fan.id);
  });

  it('CL10 renews one process after the other, and a fan gets in all the while', async () => {
    const before = await cluster.status();
    const deploying = cluster.run('deploy');
    let done = false;
    const ended = deploying.finally(() => {
      done = true;
    });
    let asked = 0;
    while (!done) {
      const open = await Promise.all([0, 1].map((index) => isOpen(origin(index))));
      if (!done) assert.ok(open.some(Boolean), 'no process took fans');
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { code, err } = await ended;
    assert.equal(code, 0, err);
    assert.ok(asked > 5);
    const now = await cluster.status();
    for (const index of [0, 1]) assert.notEqual(now[index]?.pid, before[index]?.pid);
    assert.ok(await allReady());
    assert.match(err, /front-row-\d: draining[^]*front-row-\d: renewed[^]*front-row-\d: draining[^]*front-row-\d: renewed/);
  });

  it('CL10 stops at the first that does not come back and leaves the others as they are; a start mends it', async () => {
    const before = await cluster.status();
    const { code, err } = await cluster.run('deploy', [], { DATABASE_URL: 'postgres://nobody:wrong@127.0.0.1:1/none' });
    assert.equal(code, 1);
    const [, victim] = /front-row-(\d) did not come back/.exec(err) ?? assert.fail(err);
    assert.doesNotMatch(err, /wrong/);
    const other = 1 - Number(victim);
    const rows = await cluster.status();
    assert.equal(rows[other]?.pid, before[other]?.pid);
    assert.ok(rows[other]?.ready && !rows[Number(victim)]?.ready);
    const verdict = await cluster.run('status');
    assert.equal(verdict.code, 1);
    assert.match(verdict.out, new RegExp(`^NOT WELL: .*process ${victim}: `, 'm'));
    const again = await cluster.run('deploy');
    assert.equal(again.code, 1);
    assert.match(again.err, /Not every process is ready: .*Mend that first: npm run cluster/);
    // Not told how many and where, it knows.
    await cluster.start({ PORT: '', PROCESSES: '' });
    assert.ok(await allReady());
  });

  it('CL6 ends what a killed PM2 left, and starts again where everything was', async () => {
    const eventId = await bookedEvent();
    process.kill(Number(readFileSync(join(cluster.dataDir, 'cluster', 'pm2', 'pm2.pid'), 'utf8')), 'SIGKILL');
    const { lines } = { lines: cluster.alive() };
    assert.ok(
      lines.some((line) => line.includes('name=postgres ')),
      'PostgreSQL lived on without PM2',
    );
    await cluster.start();
    assert.ok(await allReady());
    assert.equal(await bookedEvent(), eventId);
    assert.equal(cluster.alive().filter((line) => line.includes('name=front-row-')).length, 2);
  });

  it('CL3 stops everything, and says that nothing ran when it is stopped again', async () => {
    const first = await cluster.run('stop');
    assert.deepEqual([first.code, first.err], [0, 'front-row: stopped\n']);
    assert.deepEqual(cluster.alive(), []);
    assert.deepEqual(await cluster.status(), []);
    const second = await cluster.run('stop');
    assert.deepEqual([second.code, second.err], [0, 'front-row: nothing ran\n']);
    const status = await cluster.run('status');
    assert.equal(status.code, 1);
    assert.match(status.out, /No cluster runs here/);
    const deploy = await cluster.run('deploy');
    assert.equal(deploy.code, 1);
    assert.match(deploy.err, /No cluster runs here/);
  });

  async function bookedEvent(): Promise<string> {
    const reply = await fetch(`${origin(0)}/api/events/demo`);
    assert.equal(reply.status, 200);
    return String(((await reply.json()) as { doorsAtMs: number }).doorsAtMs);
  }
});

describe('npm run cluster, when it cannot', function () {
  this.timeout(300_000);
  let cluster: ClusterRun;
  const servers: Server[] = [];
  before(async () => {
    cluster = await prepareCluster(2);
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    assert.deepEqual(cluster.alive(), []);
  });
  after(() => cluster[Symbol.asyncDispose]());

  it('CL5 names the port that another program has, and leaves nothing running', async () => {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(cluster.port + 1, '127.0.0.1', resolve));
    const { code, out, err } = await cluster.run('start');
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, new RegExp(`Port ${cluster.port + 1} is taken by another program`));
  });

  it('CL3 prints what the failed process said, and stops what was started', async () => {
    const { code, err } = await cluster.run('start', [], { DATABASE_URL: 'postgres://nobody:wrong@127.0.0.1:1/none' });
    assert.equal(code, 1);
    assert.match(err, /front-row-0 ended\. It said:\n.*ECONNREFUSED/s);
    assert.doesNotMatch(err, /wrong/);
  });

  it('CL3 names what is neither given nor installed', async () => {
    const without = await cluster.run('start', [], { PATH: '/nowhere' });
    assert.equal(without.code, 1);
    assert.match(without.err, /REDIS_URL is not set and redis-server is not installed/);
  });

  it('CL7 refuses a second command meanwhile, and ends what it started when it is interrupted', async () => {
    const { child, ended, heard } = cluster.begin('start');
    await until('it starts a process', () => heard().includes('starting front-row-0'), SOON_MS);
    const second = await cluster.run('stop');
    assert.equal(second.code, 1);
    assert.match(second.err, /npm run cluster \(process \d+\) is at work here/);
    child.kill('SIGTERM');
    const { code, out, err } = await ended;
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /interrupted by SIGTERM/);
    assert.deepEqual(await cluster.status(), []);
  });

  it('CL6 begins again where a start was cut off', async () => {
    const { child, ended, heard } = cluster.begin('start');
    await until('it starts a process', () => heard().includes('starting front-row-0'), SOON_MS);
    child.kill('SIGKILL');
    await ended;
    await cluster.start();
    assert.equal(cluster.alive().filter((line) => line.includes('name=front-row-')).length, 2);
    assert.equal((await cluster.run('stop')).code, 0);
  });

  it('CL1 names every wrong setting before anything is started', async () => {
    const { code, err } = await cluster.run('start', [], { LOG_LEVEL: 'loud', ADMIN_TOKEN: 'x' });
    assert.equal(code, 1);
    assert.match(err, /LOG_LEVEL: .*\n.*ADMIN_TOKEN: |ADMIN_TOKEN: .*\n.*LOG_LEVEL: /);
  });
});

async function isOpen(origin: string): Promise<boolean> {
  try {
    return (await askForTicket(origin, 'demo', { name: 'Ada' })).status === 201;
  } catch {
    return false;
  }
}

async function seated(origin: string) {
  const stranger = await enter(origin, 'demo', { name: 'Ada' });
  return { stranger, [Symbol.asyncDispose]: () => stranger.leave() };
}
