/** Writes past the stream, on real sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { until } from '../../tests/support/until.ts';
import { quickWrite } from './quick-write.ts';

const CHUNK_BYTES = 64 * 1_024;

describe('a write past the stream', () => {
  let server: Server;
  let ours: Socket;
  let theirs: Socket;
  let waiting: number;
  const writer = { taken: (bytes: number) => void (waiting -= bytes) };
  const write = (bytes: Uint8Array) => {
    const left = quickWrite(ours, bytes, writer);
    if (left === undefined) ours.write(bytes);
    else waiting += left;
    return left;
  };
  const numbered = (n: number) => {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    chunk.writeUInt32BE(n);
    return chunk;
  };

  beforeEach(async () => {
    waiting = 0;
    server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    theirs = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
    [ours] = (await once(server, 'connection')) as [Socket];
    ours.on('error', () => undefined);
  });
  afterEach(() => {
    theirs.destroy();
    ours.destroy();
    server.close();
  });

  it('FT13 is with the kernel at once, and leaves nothing behind', async () => {
    let received = '';
    theirs.on('data', (data) => void (received += String(data)));
    for (const word of ['one ', 'two ', 'three']) assert.equal(write(Buffer.from(word)), 0);
    await until('it came', () => received === 'one two three');
    assert.equal(ours.writableLength, 0);
  });

  it('FT13 keeps the order with what the stream writes, whatever the kernel takes and when', async () => {
    theirs.pause();
    let n = 0;
    do write(numbered(n++));
    while (waiting === 0);
    assert.ok(waiting > 0 && waiting <= CHUNK_BYTES, `${waiting} bytes wait`);
    for (const to = n + 5; n < to; n++) write(numbered(n));
    // From here on the stream has something waiting, and whatever follows goes behind it.
    ours.write(numbered(n++));
    assert.equal(write(numbered(n++)), undefined);
    const received: Buffer[] = [];
    theirs.on('data', (data: Buffer) => void received.push(data));
    theirs.resume();
    await until('all came', () => received.reduce((sum, { length }) => sum + length, 0) === n * CHUNK_BYTES);
    const all = Buffer.concat(received);
    assert.deepEqual(
      Array.from({ length: n }, (_, at) => all.readUInt32BE(at * CHUNK_BYTES)),
      Array.from({ length: n }, (_, at) => at),
    );
    await until('nothing waits', () => waiting === 0 && ours.writableLength === 0);
    assert.equal(write(numbered(n)), 0, 'and it is quick again');
  });

  it('FT13 tells of what waited when the connection goes, and writes nothing after', async () => {
    theirs.pause();
    let n = 0;
    do write(numbered(n++));
    while (waiting === 0);
    theirs.resetAndDestroy();
    await until('the connection is gone', () => ours.closed);
    await until('nothing waits any more', () => waiting === 0);
    assert.equal(quickWrite(ours, numbered(n), writer), undefined);
  });

  it('FT13 waits while the stream is corked', async () => {
    let received = '';
    theirs.on('data', (data) => void (received += String(data)));
    ours.cork();
    ours.write('first, ');
    assert.equal(write(Buffer.from('second')), undefined);
    ours.uncork();
    await until('both came', () => received === 'first, second');
  });
});
