import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { silentLog } from '../../tests/contract/silent-log.ts';
import { freePorts } from '../../tests/support/free-ports.ts';
import { readClock } from './clock-facts.ts';
import { readDisk } from './disk-facts.ts';
import { readMachine } from './machine-facts.ts';
import { readPorts } from './ports-facts.ts';
import { probed, reasonOf } from './probed.ts';
import { measureSpeed } from './speed-facts.ts';

describe('looking at the machine', () => {
  const deps = { clock: systemClock(), log: silentLog };
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'front-row-facts-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function system(files: Readonly<Record<string, string>>): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(dir, dirname(path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    return dir;
  }

  it('PF2 reads what Linux says', async () => {
    const facts = await readMachine(
      system({
        'proc/self/limits':
          'Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n',
        'proc/meminfo': 'MemTotal:       24000000 kB\nMemFree:         100 kB\nMemAvailable:   20000000 kB\n',
        'proc/sys/fs/file-max': '2470938\n',
        'proc/sys/net/core/somaxconn': '128\n',
        'proc/sys/net/ipv4/tcp_max_syn_backlog': '512\n',
        'proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
        'proc/sys/net/ipv4/tcp_mem': '288459\t384612\t576918\n',
        'proc/sys/net/netfilter/nf_conntrack_max': '262144\n',
        'sys/fs/cgroup/memory.max': `${8 * 1_073_741_824}\n`,
        'sys/fs/cgroup/memory.current': `${3 * 1_073_741_824}\n`,
      }),
    );
    const { cores, ...said } = facts;
    assert.ok(cores >= 1);
    assert.deepEqual(said, {
      memory: { totalBytes: 8 * 1_073_741_824, availableBytes: 5 * 1_073_741_824 },
      descriptors: { soft: 1_024, hard: 524_288 },
      descriptorsOfSystem: 2_470_938,
      somaxconn: 128,
      synBacklog: 512,
      localPorts: { from: 32_768, to: 60_999 },
      tcpMemoryBytes: 576_918 * 4_096,
      trackedConnections: 262_144,
    });
  });

  it('PF7 reads nothing where there is nothing, and this very machine as it is', async () => {
    const blind = await readMachine(dir);
    assert.equal(blind.descriptors, null);
    assert.equal(blind.somaxconn, null);
    assert.equal(blind.localPorts, null);
    assert.ok(blind.memory.totalBytes > 0 && blind.memory.availableBytes > 0);
    const { memory } = await readMachine();
    assert.ok(memory.availableBytes > 0 && memory.availableBytes <= memory.totalBytes);
    assert.ok(['boolean', 'object'].includes(typeof (await readClock()).isKept));
  });

  it('PF3 measures what a small send costs', async () => {
    const { usPerSend } = await measureSpeed();
    assert.ok(usPerSend > 0.1 && usPerSend < 1_000, `${usPerSend} µs`);
  });

  it('PF6 measures commits through the journal, and leaves nothing behind', async () => {
    const data = join(dir, 'data');
    const { freeBytes, commitMs } = await readDisk(data, deps);
    assert.ok(freeBytes > 0);
    assert.ok(commitMs.median > 0 && commitMs.worst >= commitMs.median);
    assert.deepEqual(readdirSync(data), []);
  });

  it('PF6 says why nothing can be written: a file in the way, a read-only disk, a full one', async () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    const inTheWay = await probed(deps.clock, 8_000, () => readDisk(join(file, 'data'), deps));
    assert.ok(!inTheWay.ok);
    assert.match(inTheWay.reason, /ENOTDIR/);
    for (const [options, pattern] of [
      ['size=1m,ro', /EROFS/],
      ['size=64k', /ENOSPC/],
    ] as const) {
      const said = lookAtDiskOn(options);
      assert.match(said, pattern, `${options}: ${said}`);
    }
  });

  /** In a child, on a small disk of its own that ends with it. */
  function lookAtDiskOn(options: string): string {
    const script = `
      import { systemClock } from '${join(import.meta.dirname, '../../core/clock.ts')}';
      import { readDisk } from '${join(import.meta.dirname, 'disk-facts.ts')}';
      import { probed } from '${join(import.meta.dirname, 'probed.ts')}';
      const clock = systemClock();
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      console.log(JSON.stringify(await probed(clock, 8_000, () => readDisk(process.argv[1], { clock, log }))));
      process.exit(0);`;
    const own = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
    const command = 'mount -t tmpfs -o "$1" tmpfs "$2" && exec "$3" --input-type=module -e "$4" "$2"';
    const args = [...own, 'sh', '-c', command, 'sh', options, dir, process.execPath, script];
    return execFileSync('unshare', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  }

  it('PF6 tells ports that are free from those that another program has', async () => {
    const first = await freePorts(3);
    const other = createServer().listen(first + 1, '127.0.0.1');
    try {
      await new Promise((resolve) => other.once('listening', resolve));
      const facts = await readPorts({ first, processes: 3, host: '127.0.0.1', probeHost: '127.0.0.1' });
      assert.deepEqual(facts, { from: first, to: first + 2, ours: [], taken: [first + 1] });
    } finally {
      other.close();
    }
  });

  it('PF7 tells reasons in one line, without passwords', () => {
    assert.equal(reasonOf(new Error('no way to redis://:secret@host:1/0\n  at x')), 'no way to redis://…@host:1/0');
    assert.equal(reasonOf(new AggregateError([new Error('a'), new Error('b')])), 'a; b');
    assert.ok(statSync(dir).isDirectory());
  });
});
