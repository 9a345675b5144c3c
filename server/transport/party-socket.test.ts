/** Our end of a WebSocket against one that many have tested: `ws` as the client. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { WebSocket } from 'ws';
import { SharedBytes } from '../../rooms/shared-bytes.ts';
import { MAX_BYTES, SocketPairs, sentFrame } from '../../tests/support/socket-pairs.ts';
import { until } from '../../tests/support/until.ts';
import { HEARTBEAT_PERIOD_MS, startHeartbeat } from './heartbeat.ts';

const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

describe('our sockets', () => {
  const pairs = new SocketPairs();
  beforeEach(() => pairs.open());
  afterEach(() => pairs.close());

  it('FT6 carry messages of every length both ways', async () => {
    const { us, them, received } = await pairs.meet();
    us.on('message', (bytes) => us.send(Buffer.from(bytes)));
    for (const length of [0, 1, 125, 126, 127, MAX_BYTES]) {
      const sent = Buffer.alloc(length, length % 251);
      them.send(sent);
      await until(`${length} bytes came back`, () => received.length === 1);
      assert.ok(received.pop()?.equals(sent));
    }
    const long = Buffer.alloc(70_000, 9);
    us.send(long);
    await until('70,000 bytes came', () => received.length === 1);
    assert.ok(received[0]?.equals(long));
  });

  it('FT6 read what `ws` sends in whatever fragments', async () => {
    const { us, them } = await pairs.meet();
    const heard: string[] = [];
    us.on('message', (bytes) => void heard.push(bytes.toString('hex')));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 900 }), { minLength: 1, maxLength: 6 }), async (parts) => {
        heard.length = 0;
        parts.forEach((part, at) => {
          them.send(part, { fin: at === parts.length - 1 });
        });
        await until('the message came', async () => {
          await pairs.clock.advance(100);
          return heard.length === 1;
        });
        assert.equal(heard[0], Buffer.concat(parts).toString('hex'));
      }),
      { numRuns: 40 },
    );
  });

  it('FT1 what is shared is framed once and reaches everyone unchanged; what is not is copied', async () => {
    const [one, two] = [await pairs.meet(), await pairs.meet()];
    const shared = new SharedBytes(Uint8Array.of(1, 2, 3));
    one.us.send(shared);
    const { frame } = shared;
    two.us.send(shared);
    assert.ok(frame);
    assert.equal(shared.frame, frame);
    const own = Uint8Array.of(4, 5, 6);
    one.us.send(own);
    own.fill(0);
    await until('all came', () => one.received.length === 2 && two.received.length === 1);
    assert.deepEqual(
      [...one.received, ...two.received].map((bytes) => [...bytes]),
      [
        [1, 2, 3],
        [4, 5, 6],
        [1, 2, 3],
      ],
    );
  });

  it('FT6 answer pings, and note pongs', async () => {
    const { us, them } = await pairs.meet();
    them.ping('x');
    const [echo] = await once(them, 'pong');
    assert.equal(String(echo), 'x');
    us.unanswered = 2;
    us.unheardTurns = 5;
    us.ping();
    await until('the pong was noted', () => us.unanswered === 0);
    assert.equal(us.unheardTurns, 1);
    them.send('hello');
    await until('it was heard', () => us.unheardTurns === 0);
  });

  it('FT8 say goodbye with code and reason, and end when the other end has', async () => {
    const { us, said } = await pairs.meet();
    const codes: number[] = [];
    us.once('close', (code) => void codes.push(code));
    us.close(4201, 'kicked');
    us.close(4100);
    us.send(Uint8Array.of(1));
    assert.deepEqual(await said, { code: 4201, reason: 'kicked' });
    await until('it is closed here', () => pairs.closed.includes(us));
    assert.deepEqual(codes, [4201]);
  });

  it('FT8 a long reason is cut to what a goodbye may hold, between characters', async () => {
    const { us, said } = await pairs.meet();
    us.close(4000, 'ß'.repeat(100));
    assert.deepEqual(await said, { code: 4000, reason: 'ß'.repeat(61) });
  });

  for (const [what, go, expected] of [
    ['says goodbye', (them: WebSocket) => them.close(4000), 4000],
    ['says goodbye without a code', (them: WebSocket) => them.close(), 1005],
    ['vanishes', (them: WebSocket) => them.terminate(), 1006],
  ] as const) {
    it(`FT8 tell their room by which code the other end went: it ${what}`, async () => {
      const { us, them } = await pairs.meet();
      const code = new Promise<number>((resolve) => us.once('close', resolve));
      go(them);
      assert.equal(await code, expected);
      assert.equal(us.readyState, 3);
      let isDone = false;
      us.send(Uint8Array.of(1), () => {
        isDone = true;
      });
      assert.equal(isDone, true);
    });
  }

  it('FT10 whoever was said goodbye to and stays is ended by the heartbeat, whatever they go on sending', async () => {
    const heartbeat = startHeartbeat(pairs.clock);
    const them = connect(pairs.port, '127.0.0.1').on('error', () => undefined);
    them.write(UPGRADE);
    await until('they are connected', () => pairs.ours.length === 1);
    const [us] = pairs.ours;
    assert.ok(us);
    heartbeat.watch(us);
    us.receive(sentFrame(2, 1));
    us.close(4201, 'kicked');
    for (let second = 0; second < (2 * HEARTBEAT_PERIOD_MS) / 1_000; second++) {
      for (const opcode of [2, 9, 10]) us.receive(sentFrame(opcode, 1));
      await pairs.clock.advance(1_000);
    }
    heartbeat.stop();
    await until('it is closed here', () => pairs.closed.includes(us));
    them.destroy();
  });

  it('FT7 end a connection that sends too much with 1009, and take nothing after it', async () => {
    const { us, them, said } = await pairs.meet();
    const lengths: number[] = [];
    us.on('message', (bytes) => void lengths.push(bytes.length));
    them.send(new Uint8Array(MAX_BYTES + 1));
    them.send(Uint8Array.of(1));
    assert.equal((await said).code, 1009);
    await until('it is closed here', () => pairs.closed.includes(us));
    assert.deepEqual(lengths, []);
  });

  it('FT8 an end that sends no more is let go, though it would listen on', async () => {
    const socket = connect({ port: pairs.port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    socket.write(UPGRADE);
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
    socket.end();
    await until('it is closed here', () => pairs.closed.length === 1);
    assert.deepEqual(pairs.errors, []);
    socket.destroy();
  });

  for (const [what, headers, status] of [
    ['another protocol', 'Upgrade: h2c\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '400'],
    ['no key', 'Upgrade: websocket\r\nSec-WebSocket-Version: 13', '400'],
    ['an old version', 'Upgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '426'],
  ] as const) {
    it(`FT6 a request with ${what} is refused with ${status}`, async () => {
      const socket = connect(pairs.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(`GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n${headers}\r\n\r\n`);
      const [answer] = await once(socket, 'data');
      assert.equal(String(answer).split(' ')[1], status);
      assert.equal(pairs.ours.length, 0);
      socket.destroy();
    });
  }
});
