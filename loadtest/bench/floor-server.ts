/** The floor: what this machine takes for a frame when nothing but Node's bare sockets is in the way. */
import { createServer, type Socket } from 'node:net';
import { FLOOR_FRAME_BYTES, FLOOR_SPEAK } from './floor.ts';

const fans = new Set<Socket>();
const frame = Buffer.alloc(FLOOR_FRAME_BYTES, 0x61);

const server = createServer((socket) => {
  fans.add(socket);
  socket.on('close', () => fans.delete(socket));
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    if (data[0] === FLOOR_SPEAK) for (const fan of fans) fan.write(frame);
    else socket.write(data);
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => process.send?.('ready'));
