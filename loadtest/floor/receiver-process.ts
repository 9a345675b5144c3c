/** Accepts bare sockets and reads whatever comes. */
import { createServer } from 'node:net';
import type { FloorMessage } from './messages.ts';

const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.resume();
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const address = server.address();
  const message: FloorMessage = { kind: 'listening', port: typeof address === 'object' && address ? address.port : 0 };
  process.send?.(message);
});
process.on('disconnect', () => process.exit(0));
