/** A real Colyseus server in this process, on a free port; suites run one after another, each with its own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LocalDriver, LocalPresence, type MatchMakerDriver, matchMaker, type Presence, type Room, Server } from '@colyseus/core';
import { Client } from '@colyseus/sdk';
import { WebSocketTransport } from '@colyseus/ws-transport';

export interface TestServer {
  readonly origin: string;
  readonly presence: Presence;
  /** A fresh SDK client; one per room. */
  client(): Client;
  /** Defines a room type; it is forgotten at `stop`. */
  define(name: string, roomClass: new () => Room): void;
  stop(): Promise<void>;
}

interface Shared {
  readonly presence: Presence;
  readonly driver: MatchMakerDriver;
}

/** Alone, unless it is given a presence and a driver that others share. */
export async function startServer(shared: Partial<Shared> = {}): Promise<TestServer> {
  const http = createServer();
  const presence = shared.presence ?? new LocalPresence();
  const names: string[] = [];
  const server = new Server({
    transport: new WebSocketTransport({ server: http }),
    presence,
    driver: shared.driver ?? new LocalDriver(),
    greet: false,
    gracefullyShutdown: false,
  });
  await server.listen(0, '127.0.0.1');
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    origin,
    presence,
    client: () => new Client(origin),
    define(name, roomClass) {
      names.push(name);
      matchMaker.defineRoomType(name, roomClass);
    },
    async stop() {
      await server.gracefullyShutdown(false);
      for (const name of names) matchMaker.removeRoomType(name);
      http.closeAllConnections();
    },
  };
}

/** Creates a room and reserves a seat on it, as the transport does for a ticket. */
export async function reserve(roomId: string, name: string, claims: { readonly sessionId: string }): Promise<Seat> {
  return matchMaker.reserveSeatFor({ roomId, name, processId: matchMaker.processId } as never, {}, claims);
}
export type Seat = Parameters<Client['consumeSeatReservation']>[0];
