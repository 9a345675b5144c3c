import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { COST, type Expected } from './capacity.ts';
import type { DatabaseFacts } from './database-facts.ts';
import { type Finding, isInTheWay } from './finding.ts';
import { judgeClock } from './judge-clock.ts';
import { judgeDatabase } from './judge-database.ts';
import { judgeDisk } from './judge-disk.ts';
import { judgeMachine } from './judge-machine.ts';
import { judgePorts } from './judge-ports.ts';
import { judgeRedis } from './judge-redis.ts';
import { judgeSpeed } from './judge-speed.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { RedisFacts } from './redis-facts.ts';

const HERE: Expected = { fans: 110_427, machines: 1, processes: 8, frontHere: false };
const GB = 1_073_741_824;
const REFERENCE: MachineFacts = {
  cores: 2,
  memory: { totalBytes: 24 * GB, availableBytes: 20 * GB },
  descriptors: { soft: 20_000, hard: 20_000 },
  descriptorsOfSystem: 2_400_000,
  somaxconn: 4_096,
  synBacklog: 4_096,
  localPorts: { from: 32_768, to: 60_999 },
  tcpMemoryBytes: 2.2 * GB,
  trackedConnections: null,
};
const REDIS: RedisFacts = {
  version: '7.2.4',
  role: 'master',
  isLoading: false,
  latencyMs: 0.3,
  aheadMs: 2,
  maxMemoryBytes: 0,
  usedMemoryBytes: 1_000_000,
  memoryPolicy: 'noeviction',
  appendOnly: true,
  isClustered: false,
  clients: 3,
  clientsMax: 10_000,
};
const DATABASE: DatabaseFacts = {
  versionNumber: 150_004,
  latencyMs: 0.5,
  connectionsMax: 97,
  connections: 5,
  isStandby: false,
  pooler: 'none',
  migrations: ['a', 'b'],
  mayCreate: true,
};

function limitOf(findings: readonly Finding[], check: string): number {
  const finding = findings.find((one) => one.check === check);
  assert.ok(finding?.kind === 'breaks', `${check}: ${finding?.kind}`);
  return finding.atFans;
}

/** `check: kind` of what is not fine. */
const complaints = (findings: readonly Finding[]) =>
  findings.filter(({ kind }) => kind !== 'fine').map(({ check, kind }) => `${check}: ${kind}`);

describe('judging the machine', () => {
  it('PF2 finds the reference box with 8 processes fit for 110,427 fans, also with one of them lost', () => {
    const findings = judgeMachine(REFERENCE, HERE);
    assert.deepEqual(
      findings.filter((finding) => isInTheWay(finding, 110_427)),
      [],
    );
    assert.equal(limitOf(findings, 'descriptors'), 8 * (18_000 - 50));
    assert.equal(limitOf(findings, 'one process lost'), 7 * (18_000 - 50));
  });

  it('PF2 finds that 7 processes bear all of them only while none is lost, and says the limit to set', () => {
    const expected = { ...HERE, fans: 115_000, processes: 7 };
    const findings = judgeMachine(REFERENCE, expected);
    assert.deepEqual(
      findings.filter((finding) => isInTheWay(finding, 115_000)).map(({ check }) => check),
      ['one process lost'],
    );
    const [, lost] = findings;
    assert.ok(lost !== undefined && 'fix' in lost);
    const [, wanted] = /ulimit -n (\d+)/.exec(lost.fix) ?? [];
    const raised = { ...REFERENCE, descriptors: { soft: Number(wanted), hard: Number(wanted) } };
    assert.ok(limitOf(judgeMachine(raised, expected), 'one process lost') >= 115_000);
    assert.match(lost.fix, /hard limit of 20,000 must be raised first/);
  });

  it('PF2 what is told to be set is enough, for any crowd', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000_000 }),
        fc.integer({ min: 2, max: 64 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (fans, processes, machines, frontHere) => {
          const expected = { fans, processes, machines, frontHere };
          const poor = {
            ...REFERENCE,
            descriptors: { soft: 1_024, hard: 1_024 },
            descriptorsOfSystem: 100,
            tcpMemoryBytes: 4_096,
            trackedConnections: 10,
          };
          const fixes = new Map(
            judgeMachine(poor, expected).map((finding) => [finding.check, 'fix' in finding ? finding.fix : '']),
          );
          const number = (check: string, pattern: RegExp) => Number(pattern.exec(fixes.get(check) ?? '')?.[1]);
          const limit = number('one process lost', /ulimit -n (\d+)/);
          const mended = {
            ...poor,
            descriptors: { soft: limit, hard: limit },
            descriptorsOfSystem: number('fs.file-max', /file-max=(\d+)/),
            tcpMemoryBytes: number('tcp_mem', /tcp_mem="\d+ \d+ (\d+)"/) * 4_096,
            trackedConnections: number('nf_conntrack_max', /conntrack_max=(\d+)/),
          };
          const findings = judgeMachine(mended, expected);
          for (const check of ['one process lost', 'descriptors', 'fs.file-max', 'tcp_mem', 'nf_conntrack_max'])
            assert.ok(limitOf(findings, check) >= fans, `${check}: ${limitOf(findings, check)} for ${fans}`);
        },
      ),
    );
  });

  it('PF2 counts a front on the same machine: two more sockets a fan, and its local ports', () => {
    const direct = judgeMachine(REFERENCE, HERE);
    const fronted = judgeMachine(REFERENCE, { ...HERE, frontHere: true });
    assert.equal(limitOf(fronted, 'local ports'), 8 * 14_116);
    assert.ok(Math.abs(limitOf(fronted, 'tcp_mem') * 3 - limitOf(direct, 'tcp_mem')) <= 3);
    assert.ok(!direct.some(({ check }) => check === 'local ports'));
  });

  it('PF2 counts all machines, each bearing its share', () => {
    const two = judgeMachine(REFERENCE, { ...HERE, machines: 2 });
    assert.equal(limitOf(two, 'descriptors'), 2 * limitOf(judgeMachine(REFERENCE, HERE), 'descriptors'));
  });

  it('PF2 finds a short backlog, a container that is small, and a firewall that remembers little', () => {
    const poor = {
      ...REFERENCE,
      somaxconn: 8,
      memory: { totalBytes: 2 * GB, availableBytes: 2 * GB },
      trackedConnections: 65_536,
    };
    const expected = { ...HERE, processes: 4 };
    const inTheWay = judgeMachine(poor, expected)
      .filter((finding) => isInTheWay(finding, 110_427))
      .map(({ check }) => check);
    assert.deepEqual(inTheWay, ['descriptors', 'one process lost', 'listen backlog', 'memory', 'nf_conntrack_max']);
    assert.equal(limitOf(judgeMachine(poor, expected), 'listen backlog'), 8 * COST.listeners * 4 * COST.arrivalS);
  });

  it('PF7 says unknown where the system does not say', () => {
    const blind: MachineFacts = {
      ...REFERENCE,
      descriptors: null,
      descriptorsOfSystem: null,
      somaxconn: null,
      tcpMemoryBytes: null,
    };
    assert.deepEqual(complaints(judgeMachine(blind, HERE)), [
      'descriptors: unknown',
      'fs.file-max: unknown',
      'listen backlog: unknown',
      'tcp_mem: unknown',
      'memory: breaks',
    ]);
  });
});

describe('judging speed', () => {
  it('PF3 a machine that is twice as slow bears half the fans', () => {
    const at = (usPerSend: number) => limitOf(judgeSpeed(2, { usPerSend }, HERE), 'beats');
    assert.ok(at(COST.probeUs) >= 110_427, 'the reference box bears the night');
    assert.ok(Math.abs(at(COST.probeUs * 2) * 2 - at(COST.probeUs)) <= 2);
    assert.equal(limitOf(judgeSpeed(2, undefined, HERE), 'beats'), at(COST.probeUs));
  });

  it('PF3 a line at the doors breaks nothing, and idle cores are pointed out', () => {
    const findings = judgeSpeed(16, { usPerSend: 4 }, { ...HERE, processes: 1, fans: 200_000 });
    assert.deepEqual(complaints(findings), ['beats: breaks', 'arrivals: beware', 'processes: beware']);
    assert.match(JSON.stringify(findings), /PROCESSES=16/);
    assert.match(JSON.stringify(judgeSpeed(16, undefined, { ...HERE, processes: 1, frontHere: true })), /PROCESSES=8/);
  });
});

describe('judging Redis', () => {
  const judge = (facts: Partial<RedisFacts>) => complaints(judgeRedis({ ok: true, value: { ...REDIS, ...facts } }, HERE));

  it('PF4 finds one that is as it should be fine', () => assert.deepEqual(judge({}), []));

  it('PF4 finds broken what loses a night: eviction, a full one, a replica, a cluster, one that loads, one that is far', () => {
    const limited = { maxMemoryBytes: GB, usedMemoryBytes: 1_000 };
    assert.deepEqual(judge({ ...limited, memoryPolicy: 'allkeys-lru' }), ['Redis memory: broken']);
    assert.deepEqual(judge(limited), []);
    assert.deepEqual(judge({ maxMemoryBytes: GB, usedMemoryBytes: GB - 1 }), ['Redis memory: broken']);
    assert.deepEqual(judge({ role: 'slave' }), ['Redis: broken']);
    assert.deepEqual(judge({ isClustered: true }), ['Redis: broken']);
    assert.deepEqual(judge({ isLoading: true }), ['Redis: broken']);
    assert.deepEqual(judge({ latencyMs: 300 }), ['Redis: broken']);
    assert.deepEqual(judge({ clientsMax: 20 }), ['Redis clients: broken']);
    assert.deepEqual(judge({ aheadMs: -86_400_000 }), ['event time: broken']);
    assert.deepEqual(complaints(judgeRedis({ ok: false, reason: 'ECONNREFUSED' }, HERE)), ['Redis: broken']);
  });

  it('PF4 points out what makes it worse', () => {
    assert.deepEqual(judge({ appendOnly: false }), ['Redis persistence: beware']);
    assert.deepEqual(judge({ latencyMs: 40 }), ['Redis: beware']);
    assert.deepEqual(judge({ version: '5.0.7' }), ['Redis: beware']);
    assert.deepEqual(judge({ aheadMs: 5_000 }), ['event time: beware']);
    assert.deepEqual(judge({ clients: 9_990 }), ['Redis clients: beware']);
    assert.deepEqual(judge({ clientsMax: null }), []);
  });
});

describe('judging the database', () => {
  const judge = (facts: Partial<DatabaseFacts>) =>
    complaints(judgeDatabase({ ok: true, value: { ...DATABASE, ...facts } }, ['a', 'b'], HERE));

  it('PF5 finds one that is as it should be fine, migrations yet to be made included', () => {
    assert.deepEqual(judge({}), []);
    assert.deepEqual(judge({ migrations: null }), []);
    assert.deepEqual(judge({ pooler: 'transaction', connectionsMax: 10 }), []);
  });

  it('PF5 finds broken what no process could start or work with', () => {
    assert.deepEqual(judge({ isStandby: true }), ['database: broken']);
    assert.deepEqual(judge({ latencyMs: 300 }), ['database: broken']);
    assert.deepEqual(judge({ connectionsMax: 30 }), ['database connections: broken']);
    assert.deepEqual(judge({ migrations: ['a', 'b', 'c'] }), ['migrations: broken']);
    assert.deepEqual(judge({ migrations: ['a'], mayCreate: false }), ['migrations: broken']);
    assert.deepEqual(complaints(judgeDatabase({ ok: false, reason: 'no route' }, [], HERE)), ['database: broken']);
  });

  it('PF5 points out what makes it worse', () => {
    assert.deepEqual(judge({ pooler: 'session' }), ['database connections: beware']);
    assert.deepEqual(judge({ connections: 90 }), ['database connections: beware']);
    assert.deepEqual(judge({ versionNumber: 110_000 }), ['database: beware']);
    assert.deepEqual(judge({ latencyMs: 50 }), ['database: beware']);
  });
});

describe('judging disk, clock and ports', () => {
  const disk = (freeBytes: number, median = 1, worst = 5, freeFiles: number | null = 1e6) =>
    complaints(judgeDisk({ ok: true, value: { freeBytes, freeFiles, commitMs: { median, worst } } }, '/data'));

  it('PF6 finds a disk that is full, slow or not ours to write to', () => {
    assert.deepEqual(disk(50 * GB), []);
    assert.deepEqual(disk(GB), ['disk space: beware']);
    assert.deepEqual(disk(GB / 10), ['disk space: broken']);
    assert.deepEqual(disk(50 * GB, 1, 5, 10), ['disk space: broken']);
    assert.deepEqual(disk(50 * GB, 60), ['disk speed: beware']);
    assert.deepEqual(disk(50 * GB, 300), ['disk speed: broken']);
    assert.deepEqual(complaints(judgeDisk({ ok: false, reason: 'EROFS' }, '/data')), ['DATA_DIR: broken']);
  });

  it('PF6 finds a clock that nobody keeps, and ports that are another program’s', () => {
    assert.equal(judgeClock({ isKept: true, by: 'chronyc' }).kind, 'fine');
    assert.equal(judgeClock({ isKept: false, by: 'timedatectl' }).kind, 'beware');
    assert.equal(judgeClock({ isKept: null, by: 'nobody' }).kind, 'unknown');
    assert.equal(judgePorts({ from: 2_567, to: 2_574, ours: [2_567], taken: [] }).kind, 'fine');
    assert.equal(judgePorts({ from: 2_567, to: 2_574, ours: [], taken: [2_570] }).kind, 'broken');
  });
});
