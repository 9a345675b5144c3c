import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { WebSocket } from 'ws';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { SocketPairs } from '../../tests/support/socket-pairs.ts';
import { until } from '../../tests/support/until.ts';
import { BUFFERED_MAX_BYTES, watchSlowReaders } from './slow-readers.ts';

describe('slow readers', () => {
  const pairs = new SocketPairs();
  beforeEach(() => pairs.open());
  afterEach(() => pairs.close());

  it('TK16 cuts who stops reading, frees what waited for them, and leaves the others alone', async () => {
    const { clock } = pairs;
    const clients = () => pairs.ours.filter((socket) => !pairs.closed.includes(socket));
    let cuts = 0;
    const watch = watchSlowReaders(clock, () => void (cuts += 1));
    pairs.onWaiting = (socket) => watch.watch(socket);
    try {
      const [{ them: reading }, { them: stuck }] = [await pairs.meet(), await pairs.meet()];
      assert.equal(clients().length, 2);
      stuck.pause();
      let received = 0;
      reading.on('message', (data: Buffer) => void (received += data.length));
      const frame = Buffer.alloc(64 * 1_024);
      const bufferedMost = () => Math.max(...clients().map(({ bufferedAmount }) => bufferedAmount));
      let sent = 0;
      await until('the kernel takes no more for the stuck one', () => {
        for (const client of clients()) client.send(frame);
        sent += frame.length;
        return bufferedMost() > BUFFERED_MAX_BYTES && received > sent - BUFFERED_MAX_BYTES;
      });
      await clock.advance(1_000);
      assert.equal(cuts, 0);
      assert.ok(watch.bufferedBytes() > BUFFERED_MAX_BYTES);
      await clock.advance(1_000);
      assert.equal(cuts, 1);
      await clock.advance(1_000);
      await until('the stuck one is gone', () => clients().length === 1);
      assert.ok(bufferedMost() <= BUFFERED_MAX_BYTES);
      await until('the other has everything', () => received === sent);
      assert.equal(reading.readyState, WebSocket.OPEN);
      assert.equal(cuts, 1);
    } finally {
      watch.stop();
    }
  });

  it('TK16 forgives one burst', async () => {
    const clock = manualClock();
    const reader = {
      bufferedAmount: BUFFERED_MAX_BYTES + 1,
      closed: false,
      close: () => void (reader.closed = true),
      terminate: () => assert.fail('was ended'),
    };
    const watch = watchSlowReaders(clock, assert.fail);
    for (const buffered of [BUFFERED_MAX_BYTES + 1, 0, BUFFERED_MAX_BYTES + 1, BUFFERED_MAX_BYTES]) {
      reader.bufferedAmount = buffered;
      watch.watch(reader);
      await clock.advance(1_000);
    }
    await clock.advance(1_000);
    watch.stop();
    assert.equal(reader.closed, false);
  });
});
