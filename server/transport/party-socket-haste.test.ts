/** What one socket may ask of a process. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { SocketPairs, sentFrame } from '../../tests/support/socket-pairs.ts';
import { until } from '../../tests/support/until.ts';
import { BURST_FRAMES, FRAMES_PER_TURN } from './party-socket.ts';
import { BUFFERED_MAX_BYTES } from './slow-readers.ts';

/** More turns of the event loop than all that is sent here takes; less than a period. */
const TURNS_MS = 100;

describe('a socket in haste', () => {
  const pairs = new SocketPairs();
  beforeEach(() => pairs.open());
  afterEach(() => pairs.close());

  it('FT11 the last of many pings that came together is answered, and no other', async () => {
    const { us, them, received } = await pairs.meet();
    const pongs: number[] = [];
    them.on('pong', (data: Buffer) => void pongs.push(...data));
    us.receive(Buffer.concat(Array.from({ length: BURST_FRAMES - 1 }, (_, n) => sentFrame(9, n))));
    await pairs.clock.advance(TURNS_MS);
    us.send(Uint8Array.of(1));
    await until('what was sent after came', () => received.length === 1);
    assert.deepEqual(pongs, [BURST_FRAMES - 2]);
  });

  it('FT11 what comes all at once is read a share at a time, in order, and others do not wait for it', async () => {
    const [flood, other] = [await pairs.meet(), await pairs.meet()];
    const heard: number[] = [];
    flood.us.on('message', ([n = -1]) => void heard.push(n));
    const many = Array.from({ length: BURST_FRAMES + 50 }, (_, n) => n % 256);
    for (const n of many) flood.them.send(Uint8Array.of(n));
    await until('the first share was heard', async () => {
      await pairs.clock.advance(1);
      return heard.length === BURST_FRAMES;
    });
    let echoes = 0;
    other.us.on('message', () => void echoes++);
    other.them.send(Uint8Array.of(1));
    await until('the other was heard', () => echoes === 1);
    assert.equal(heard.length, BURST_FRAMES);
    await until('all was heard', async () => {
      const before = heard.length;
      await pairs.clock.advance(100);
      assert.ok(heard.length <= before + 1);
      return heard.length === many.length;
    });
    assert.deepEqual(heard, many);
  });

  it('FT11 of what many send at once each is read a little at a time, and whoever comes then waits for no more than a turn', async () => {
    const floods = [];
    for (let n = 0; n < 20; n++) floods.push(await pairs.meet());
    const other = await pairs.meet();
    let heard = 0;
    for (const { us } of floods) us.on('message', () => void heard++);
    for (const { us } of floods) us.receive(Buffer.concat(Array.from({ length: 40 }, () => sentFrame(2, 1))));
    // Their first words, and one turn of those who had more.
    const atOnce = 20 * FRAMES_PER_TURN + 8 * FRAMES_PER_TURN;
    assert.equal(heard, atOnce);
    let echoes = 0;
    other.us.on('message', () => void echoes++);
    other.us.receive(sentFrame(2, 1));
    assert.deepEqual([echoes, heard], [1, atOnce]);
    await pairs.clock.advance(TURNS_MS);
    assert.equal(heard, 20 * 40);
  });

  it('FT11 what came before the end is heard, to the goodbye', async () => {
    const { us, them } = await pairs.meet();
    let heard = 0;
    const codes: number[] = [];
    us.on('message', () => void heard++);
    us.once('close', (code) => void codes.push(code));
    const asked = 60;
    us.receive(Buffer.concat([...Array.from({ length: asked }, () => sentFrame(2, 1)), sentFrame(8, 0x0f, 0xa1)]));
    us.ended();
    assert.ok(heard < asked, 'some of it takes its turn');
    await pairs.clock.advance(TURNS_MS);
    assert.equal(heard, asked);
    await until('it has gone', () => codes.length === 1);
    assert.deepEqual(codes, [4001]);
    them.terminate();
  });

  it('FT11 whoever sent too much before the end to be heard soon has gone with it', async () => {
    const { us, them } = await pairs.meet();
    const codes: number[] = [];
    us.on('message', () => us.slowDown());
    us.once('close', (code) => void codes.push(code));
    us.receive(Buffer.concat(Array.from({ length: BURST_FRAMES }, () => sentFrame(2, 1))));
    await pairs.clock.advance(TURNS_MS);
    us.ended();
    them.terminate();
    await until('it has gone', () => codes.length === 1);
    assert.deepEqual(codes, [1006]);
  });

  it('FT11 whoever goes on asking too early is read more slowly', async () => {
    const { us, them } = await pairs.meet();
    const heard: number[] = [];
    us.on('message', ([n = -1]) => {
      heard.push(n);
      us.slowDown();
    });
    const many = Array.from({ length: BURST_FRAMES }, (_, n) => n);
    for (const n of many) us.receive(sentFrame(2, n));
    await pairs.clock.advance(TURNS_MS);
    assert.equal(heard.length, Math.ceil(BURST_FRAMES / 12));
    for (let next = 1; next <= 10; next++) {
      const before = heard.length;
      await pairs.clock.advance(800);
      assert.equal(heard.length, before + 1, `the next ${next}`);
    }
    assert.deepEqual(heard, many.slice(0, heard.length));
    them.terminate();
  });

  it('FT11 whoever takes no answers is not asked for more, until they take them', async () => {
    const { us, them } = await pairs.meet();
    const [answer, asked] = [Buffer.alloc(64 * 1_024), BURST_FRAMES + 50];
    let heard = 0;
    us.on('message', () => {
      heard++;
      us.send(answer);
    });
    them.pause();
    us.receive(Buffer.concat(Array.from({ length: asked }, () => sentFrame(2, 1))));
    for (let turn = 0; turn < asked; turn++) await pairs.clock.advance(100);
    assert.ok(us.bufferedAmount > BUFFERED_MAX_BYTES);
    // What one turn adds, and what the network holds beside it.
    assert.ok(us.bufferedAmount < BUFFERED_MAX_BYTES + 2 * FRAMES_PER_TURN * answer.length);
    assert.ok(heard < asked / 2, `${heard} of ${asked} were heard`);
    them.resume();
    await until('all was heard', async () => {
      await pairs.clock.advance(100);
      return heard === asked;
    });
  });
});
