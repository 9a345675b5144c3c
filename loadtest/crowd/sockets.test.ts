import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { until } from '../../tests/support/until.ts';
import { bulkSockets } from './bulk-sockets.ts';
import { nodeSockets, type Reader, type Sockets, type Source } from './sockets.ts';

const KINDS = process.platform === 'linux' ? (['node', 'bulk'] as const) : (['node'] as const);
/** More than any buffer of the system takes at once. */
const MUCH_BYTES = 24 * 1_024 * 1_024;

class Ears implements Reader {
  heard = '';
  bytes = 0;
  ends = 0;
  read(bytes: Buffer, length: number): void {
    this.bytes += length;
    if (this.heard.length < 1_000) this.heard += bytes.toString('latin1', 0, length);
  }
  ended(): void {
    this.ends += 1;
  }
}

for (const kind of KINDS) {
  describe(`sockets of the crowd: ${kind}`, () => {
    let bulk: (Sockets & Disposable) | null;
    let sockets: Sockets;
    let server: Server;
    let port: number;
    let peers: Socket[];
    let onPeer: (peer: Socket) => void;
    const to = () => ({ address: '127.0.0.1', port });

    before(async () => {
      bulk = kind === 'bulk' ? bulkSockets() : null;
      sockets = bulk ?? nodeSockets;
      server = createServer({ allowHalfOpen: true }, (peer) => {
        peers.push(peer);
        peer.on('error', () => undefined);
        onPeer(peer);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ({ port } = server.address() as AddressInfo);
    });
    beforeEach(() => {
      peers = [];
      onPeer = () => undefined;
    });
    afterEach(() => {
      for (const peer of peers) peer.destroy();
    });
    after(() => {
      server.close();
      bulk?.[Symbol.dispose]();
    });

    it('CW12 sends what was written before the connection was made, and reads the answer', async () => {
      onPeer = (peer) => peer.on('data', (chunk) => peer.write(`<${chunk.toString()}>`));
      const ears = new Ears();
      const wire = sockets.open(to(), null, ears);
      wire.write(Buffer.from('early'));
      await until('it is answered', () => ears.heard === '<early>');
      wire.write(Buffer.from('later').subarray(1));
      await until('the part of a buffer is answered', () => ears.heard === '<early><ater>');
      wire.destroy();
      assert.equal(ears.ends, 0, 'the end is told after the call');
      await until('it is told', () => ears.ends === 1);
    });

    it('CW12 hears an end that comes together with the last word', async () => {
      onPeer = (peer) => peer.end('bye');
      for (let n = 0; n < 20; n += 1) {
        const ears = new Ears();
        sockets.open(to(), null, ears).end();
        await until('the end was heard', () => ears.ends === 1);
        assert.equal(ears.heard, 'bye');
      }
    });

    it('CW12 begins where it is told to, and counts what begins there', async () => {
      const source: Source = { address: '127.0.0.9', connections: 0 };
      const wires = [1, 2].map(() => sockets.open(to(), source, new Ears()));
      assert.equal(source.connections, 2);
      await until('both are there', () => peers.length === 2);
      assert.deepEqual(
        peers.map(({ remoteAddress }) => remoteAddress),
        ['127.0.0.9', '127.0.0.9'],
      );
      for (const wire of wires) wire.destroy();
      await until('none is left', () => source.connections === 0);
    });

    it('CW12 keeps what the system does not take at once, in its order, and ends after it', async () => {
      let [bytes, isInOrder, isEnded] = [0, true, false];
      onPeer = (peer) => {
        peer.pause();
        setTimeout(() => peer.resume(), 50);
        peer.on('data', (chunk) => {
          const part = (at: number) => Math.floor((at * 24) / MUCH_BYTES);
          isInOrder &&= chunk[0] === part(bytes) && chunk.at(-1) === part(bytes + chunk.length - 1);
          bytes += chunk.length;
        });
        peer.on('end', () => {
          isEnded = true;
          peer.end('bye');
        });
      };
      const ears = new Ears();
      const wire = sockets.open(to(), null, ears);
      for (let part = 0; part < 24; part++) wire.write(Buffer.alloc(MUCH_BYTES / 24, part));
      wire.end();
      wire.write(Buffer.from('too late'));
      await until('all of it is there, and the end', () => isEnded, 20_000);
      assert.equal(bytes, MUCH_BYTES);
      assert.ok(isInOrder);
      await until('what comes after our end is read, and the end told once', () => ears.heard === 'bye' && ears.ends === 1);
    });

    it('CW12 reads nothing while paused, and all of it afterwards', async () => {
      const ears = new Ears();
      const wire = sockets.open(to(), null, ears);
      await until('it is there', () => peers.length === 1);
      wire.pause();
      await new Promise((resolve) => setTimeout(resolve, 20));
      peers[0]?.end('while you slept');
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual([ears.heard, ears.ends], ['', 0]);
      wire.resume();
      await until('it is read', () => ears.heard === 'while you slept');
      wire.end();
      await until('and over', () => ears.ends === 1);
    });

    it('CW12 tells of a connection that is refused or cut as of its end', async () => {
      const refused = new Ears();
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const free = (other.address() as AddressInfo).port;
      await new Promise((resolve) => other.close(resolve));
      sockets.open({ address: '127.0.0.1', port: free }, null, refused).write(Buffer.from('anybody?'));
      const cut = new Ears();
      sockets.open(to(), null, cut);
      await until('one is there', () => peers.length === 1);
      peers[0]?.resetAndDestroy();
      await until('both are told', () => refused.ends === 1 && cut.ends === 1);
    });

    it('CW13 is late itself without taking for silence what it has not read', async () => {
      const heard: string[] = [];
      onPeer = (peer) => peer.write('an answer');
      sockets.open(to(), null, { read: () => void heard.push('answer'), ended: () => undefined });
      await new Promise<void>((resolve) => {
        setTimeout(() => {
          heard.push('time is up');
          sockets.afterLook(() => {
            heard.push('given up');
            resolve();
          });
        }, 30);
        // The peer writes from here as well, so it is let do so before everything stands still.
        setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300), 0);
      });
      assert.deepEqual(heard.at(-1), 'given up');
      assert.ok(heard.includes('answer'), 'what came in time is read before');
    });
  });
}
