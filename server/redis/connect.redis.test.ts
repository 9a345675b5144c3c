import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { systemClock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { silentLog } from '../../tests/support/quiet.ts';
import { type RedisOptions, type RedisServer, startRedis } from '../../tests/support/redis-server.ts';
import { until } from '../../tests/support/until.ts';
import { connectRedis, type RedisConnection, type RedisConnectOptions } from './connect.ts';

describe('a connection to Redis', () => {
  let redis: RedisServer;
  const open: { close(): unknown }[] = [];
  const rejections: unknown[] = [];
  const remember = (reason: unknown) => void rejections.push(reason);

  beforeEach(() => {
    rejections.length = 0;
    process.on('unhandledRejection', remember);
  });
  afterEach(async () => {
    process.off('unhandledRejection', remember);
    for (const one of open.splice(0)) one.close();
    await redis?.stop();
    assert.deepEqual(rejections, []);
  });

  async function start(options?: RedisOptions): Promise<RedisServer> {
    redis = await startRedis(options);
    return redis;
  }
  function connect(options: Partial<RedisConnectOptions> = {}): RedisConnection {
    const connection = connectRedis({ url: redis.url, prefix: 'test:', clock: systemClock(), log: silentLog, ...options });
    open.push(connection);
    return connection;
  }
  const set = (connection: RedisConnection, value: string) => connection.ask('set', (commands) => commands.set('key', value));
  const isUnavailable = (error: unknown) => error instanceof PartyError && error.code === 'unavailable';

  it('RD1 signs in with the password of the URL, and puts the prefix before every key', async () => {
    await start({ password: 'p@ss/w:rd' });
    const connection = connect();
    await connection.connected(5_000);
    await set(connection, 'hello');
    assert.deepEqual(await redis.probe.keys('*'), ['test:key']);
    assert.equal(connection.unready(), null);
  });

  it('RD1 speaks TLS for rediss://, and to a server that it trusts only', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'front-row-tls-'));
    open.push({ close: () => rmSync(dir, { recursive: true }) });
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
      ...['-subj', '/CN=redis', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
    ]);
    assert.equal(made.status, 0, String(made.stderr));
    await start({ tls: { cert, key } });
    const trusting = connect({ tls: { ca: readFileSync(cert) } });
    await trusting.connected(5_000);
    assert.equal(await set(trusting, 'hello'), 'OK');
    await assert.rejects(connect().connected(1_000), /certificate/);
  });

  it('RD1 a start without Redis ends with a message that says why', async () => {
    await start();
    await redis.kill();
    await assert.rejects(connect().connected(300), /Redis is away: .*ECONNREFUSED.*REDIS_URL/);
    assert.throws(() => connect({ url: 'localhost:6379' }), /REDIS_URL must be/);
    assert.throws(() => connect({ url: 'https://example.org' }), /REDIS_URL must be/);
  });

  it('RD1 a wrong password is a reason, not a crash', async () => {
    await start({ password: 'right' });
    const wrong = connect({ url: redis.url.replace('right', 'wrong') });
    await assert.rejects(wrong.connected(500), /Redis is away: .*WRONGPASS/);
    await assert.rejects(set(wrong, 'x'), isUnavailable);
  });

  it('RD2 every call is answered: refused at once while Redis is gone, and in time while it stands still', async () => {
    await start();
    const connection = connect();
    await connection.connected(5_000);
    await redis.pause();
    const calls = Array.from({ length: 20 }, (_, n) => set(connection, `frozen ${n}`));
    for (const outcome of await Promise.allSettled(calls)) {
      assert.ok(outcome.status === 'rejected' && isUnavailable(outcome.reason));
    }
    redis.resume();
    await until('it answers again', () =>
      set(connection, 'back').then(
        () => true,
        () => false,
      ),
    );
    await redis.kill();
    await assert.rejects(set(connection, 'gone'), isUnavailable);
    await until('it says so', () => /Redis is away/.test(connection.unready() ?? ''));
  });

  it('RD2 calls under way when Redis dies are answered too', async () => {
    await start();
    const connection = connect();
    await connection.connected(5_000);
    await redis.pause();
    const bare = connection.commands.set('key', 'under way');
    const asked = set(connection, 'under way');
    await redis.kill();
    await assert.rejects(bare);
    await assert.rejects(asked, isUnavailable);
  });

  it('RD3 nothing that was refused is sent when Redis is back', async () => {
    await start();
    const connection = connect();
    await connection.connected(5_000);
    await redis.kill();
    await until('it is noticed', () => connection.unready() !== null);
    const refused = Array.from({ length: 20 }, (_, n) => set(connection, `while away ${n}`));
    for (const { status } of await Promise.allSettled(refused)) assert.equal(status, 'rejected');
    await redis.start();
    await connection.connected(5_000);
    assert.equal(await connection.ask('get', (commands) => commands.get('key')), null);
    assert.equal((await redis.calls())['set'] ?? 0, 0);
  });

  it('RD3 stock settings keep what was refused nowhere else, and send it late', async () => {
    await start();
    const stock = new Redis(redis.url, { maxRetriesPerRequest: null });
    stock.on('error', () => undefined);
    open.push({ close: () => stock.disconnect() });
    await stock.ping();
    await redis.kill();
    const queued = stock.publish('news', 'old by now');
    await redis.start();
    await queued;
    assert.equal((await redis.calls())['publish'], 1);
  });

  it('RD4 a line that is cut without a word is noticed on both connections, and dialled again', async () => {
    await start();
    const connection = connect();
    await connection.connected(5_000);
    let closed = 0;
    for (const one of [connection.commands, connection.listening]) one.once('close', () => closed++);
    await redis.pause();
    await until('both were given up', () => closed === 2);
    redis.resume();
    await connection.connected(8_000);
    assert.equal(connection.unready(), null);
  });

  it('RD4 whoever waits for Redis is told now, and each time it is back', async () => {
    await start();
    const connection = connect();
    await connection.connected(5_000);
    let told = 0;
    const stop = connection.whenReady(() => told++);
    assert.equal(told, 1);
    await redis.kill();
    await redis.start();
    await until('it is told again', () => told === 2);
    stop();
    await redis.kill();
    await redis.start();
    await connection.connected(5_000);
    assert.equal(told, 2);
    assert.ok(connection.figures().lost >= 2);
    assert.equal(connection.figures().unanswered, 0);
    await redis.kill();
    await assert.rejects(set(connection, 'gone'), isUnavailable);
    assert.equal(connection.figures().unanswered, 1);
  });
});
