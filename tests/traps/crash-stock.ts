/** A server with stock rooms, each with one documented mistake, in a process of its own: it is expected to end. Prints its port. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, matchMaker, Room, Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';

class Throwing extends Room {
  override messages = {
    boom: () => {
      throw new Error('boom');
    },
  };
}

class Reconnecting extends Room {
  override onDrop(client: Client): void {
    // As the documentation has it: nobody looks at the promise.
    // oxlint-disable-next-line typescript/no-floating-promises
    this.allowReconnection(client, 15);
  }
}

// What Node does by itself. Colyseus loads @pm2/io where it is installed, which would only print it.
process.once('unhandledRejection', () => process.exit(1));

const http = createServer();
const server = new Server({ transport: new WebSocketTransport({ server: http }), greet: false, gracefullyShutdown: false });
matchMaker.defineRoomType('throwing', Throwing);
matchMaker.defineRoomType('reconnecting', Reconnecting);
await server.listen(0, '127.0.0.1');
const seats = await Promise.all(
  ['throwing', 'reconnecting'].map(async (name) => matchMaker.reserveSeatFor(await matchMaker.createRoom(name, {}), {})),
);
console.log(JSON.stringify({ port: (http.address() as AddressInfo).port, seats }));
