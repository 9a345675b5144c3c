/**
 * Writes the same small frame to many bare sockets, round after round: what a fan-out costs with nothing around it. As many sockets as a process of
 * the house has: five hundred stay in the processor's cache, and take half as long.
 */
import { connect, type Socket } from 'node:net';
import type { FloorMessage } from './messages.ts';

const ROUNDS_MIN = 6;
const FRAMES_MIN = 30_000;
/** For the compiler. */
const WARM_UP_FRAMES = 10_000;
const FRAME = Buffer.alloc(200, 1);
const DIALS_AT_ONCE = 500;

const [port, count] = [Number(process.argv[2]), Number(process.argv[3])];
process.on('disconnect', () => process.exit(0));
const sockets: Socket[] = [];
while (sockets.length < count) {
  const dials = Math.min(DIALS_AT_ONCE, count - sockets.length);
  sockets.push(...(await Promise.all(Array.from({ length: dials }, open))));
}
for (let frames = 0; frames < WARM_UP_FRAMES; frames += count) await writeAll();
const rounds = Math.max(ROUNDS_MIN, Math.ceil(FRAMES_MIN / count));
const before = process.cpuUsage();
for (let round = 0; round < rounds; round += 1) await writeAll();
const { user, system } = process.cpuUsage(before);
const message: FloorMessage = { kind: 'measured', usPerFrame: (user + system) / (rounds * count) };
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
