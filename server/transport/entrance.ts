/**
 * The way of connections into a process: many listening sockets on one port. libuv takes one connection from each of them in a turn of the event
 * loop, however many wait (since 1.45, libuv#3696). A process whose turns take 10 ms would let in a hundred in a second from a single one, while
 * thousands wait, give up, and come again; and all that it does for those who gave up is done in vain. What it measured: docs/performance.md.
 */
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';

/** The system spreads connections over them; each is a descriptor. */
export const LISTENERS = 32;
/**
 * Connections that may wait at all of them together. Few: beyond, the other end's system asks again by itself, a second later and then three, which
 * costs nobody anything. A long row would be full of fans who have given up by the time they are heard, and all that is done for them is in vain.
 */
export const BACKLOG = 512;

export class Entrance {
  readonly #server: HttpServer;
  readonly #others: Server[] = [];
  readonly #onError: (error: Error) => void;

  /** `server` is given all connections. `onError`: one could not be accepted, out of descriptors, say; whoever is connected stays. */
  constructor(server: HttpServer, onError: (error: Error) => void) {
    this.#server = server;
    this.#onError = onError;
  }

  /** Resolves with the port once connections are accepted; rejects when the port is taken. */
  async open(port: number, host: string | undefined): Promise<number> {
    const at = { host, port: await freePort(port, host), backlog: BACKLOG / LISTENERS };
    const isShared = await listens(this.#server, { ...at, reusePort: true });
    if (!isShared) await listen(this.#server, { ...at, backlog: BACKLOG });
    this.#server.on('error', this.#onError);
    for (let n = 1; isShared && n < LISTENERS; n += 1) {
      const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#server.emit('connection', socket));
      await listen(other, { ...at, reusePort: true });
      other.on('error', this.#onError);
      this.#others.push(other);
    }
    return at.port;
  }

  /** Takes no more connections. Resolves once those there were have ended. */
  async close(): Promise<void> {
    const servers = [this.#server, ...this.#others.splice(0)].filter(({ listening }) => listening);
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }
}

/** The port, or one that is free for 0. Whoever shares a port is not told that it is taken, so it is asked for alone first. */
async function freePort(port: number, host: string | undefined): Promise<number> {
  const alone = createServer();
  const free = await listen(alone, { port, host });
  await new Promise((resolve) => alone.close(resolve));
  return free;
}

function listen(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** As `listen`; false where the system knows no such option. */
async function listens(server: Server, options: ListenOptions): Promise<boolean> {
  try {
    await listen(server, options);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTSUP') return false;
    throw error;
  }
}
