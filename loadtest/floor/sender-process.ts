/** Writes the same small frame to many bare sockets, round after round: what a fan-out costs with nothing around it. */
import { connect, type Socket } from 'node:net';
import type { FloorMessage } from './messages.ts';

const SOCKETS = 500;
const ROUNDS = 60;
/** The first rounds are for the compiler. */
const WARM_UP_ROUNDS = 20;
const FRAME = Buffer.alloc(200, 1);

const port = Number(process.argv[2]);
process.on('disconnect', () => process.exit(0));
const sockets = await Promise.all(Array.from({ length: SOCKETS }, open));
for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await writeAll();
const before = process.cpuUsage();
for (let round = 0; round < ROUNDS; round += 1) await writeAll();
const { user, system } = process.cpuUsage(before);
const message: FloorMessage = { kind: 'measured', usPerFrame: (user + system) / (ROUNDS * SOCKETS) };
process.send?.(message, () => process.exit(0));

function open(): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.once('connect', () => resolve(socket)).once('error', reject);
  return promise;
}

/** Resolves when the kernel has all of it; one turn of the loop, as a fan-out is. */
function writeAll(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = sockets.length;
  const onWritten = () => {
    left -= 1;
    if (left === 0) setImmediate(resolve);
  };
  for (const socket of sockets) socket.write(FRAME, onWritten);
  return promise;
}
