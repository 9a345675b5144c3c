/**
 * A browser's way to the network that can be cut: an HTTP proxy. Unlike a wire to one port it leads to every address that a page
 * is told of, and through TLS.
 */
import { createServer, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface SeverableProxy extends AsyncDisposable {
  /** For a browser context's `proxy`. */
  readonly server: string;
  /** Every connection through it ends at once, and none is made until it is mended. */
  cut(): void;
  mend(): void;
}

export async function severableProxy(): Promise<SeverableProxy> {
  const sockets = new Set<Duplex>();
  let isCut = false;
  const keep = (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A cut way is an error on both ends; that is what it is for.
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((asked, answer) => {
    const { method, headers, url = '' } = asked;
    const passed = request(url, { method, headers, agent: false }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
      reply.pipe(answer);
    });
    passed.on('socket', keep);
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  server.on('connection', (near: Socket) => {
    keep(near);
    if (isCut) near.resetAndDestroy();
  });
  server.on('connect', ({ url = '' }, near: Duplex, head: Buffer) => {
    const { hostname, port } = new URL(`http://${url}`);
    const far = connect(Number(port || '80'), hostname, () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(head);
      near.pipe(far).pipe(near);
    });
    keep(far);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    server: `http://127.0.0.1:${address.port}`,
    cut() {
      isCut = true;
      destroyAll();
    },
    mend() {
      isCut = false;
    },
    async [Symbol.asyncDispose]() {
      destroyAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
