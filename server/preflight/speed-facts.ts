/** What a small send costs here, which everything that fans see is paid in: how fast this machine is, in the one thing that counts. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const SOCKETS = 50;
const FRAMES_PER_SOCKET = 200;
const FRAME_BYTES = 200;

export interface SpeedFacts {
  /** CPU time of one small send over loopback, in µs, the kernel's part included. */
  readonly usPerSend: number;
}

/** Takes about a tenth of a second. Nobody reads meanwhile: what is sent fits into the receivers' buffers. */
export async function measureSpeed(): Promise<SpeedFacts> {
  const server = createServer({ pauseOnConnect: true });
  const accepted: Socket[] = [];
  server.on('connection', (socket) => accepted.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  try {
    for (let n = 0; n < SOCKETS; n++) {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      sockets.push(socket);
      await once(socket, 'connect');
    }
    const frame = Buffer.alloc(FRAME_BYTES, 1);
    const before = process.cpuUsage();
    for (let n = 0; n < FRAMES_PER_SOCKET; n++) {
      for (const socket of sockets) socket.write(frame);
      // As a beat does: the loop turns between one frame for everybody and the next.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { user, system } = process.cpuUsage(before);
    return { usPerSend: (user + system) / (SOCKETS * FRAMES_PER_SOCKET) };
  } finally {
    for (const socket of [...sockets, ...accepted]) socket.destroy();
    server.close();
  }
}
