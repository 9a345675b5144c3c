/** A client that speaks Colyseus's frames by hand: for what no well-behaved SDK does. */
import { once } from 'node:events';
import WebSocket from 'ws';
import type { Seat } from './colyseus-server.ts';

export const JOIN_ROOM = 10;
export const ROOM_STATE_PATCH = 15;

export interface RawClient {
  readonly socket: WebSocket;
  /** Every frame received, as it came. */
  readonly frames: Uint8Array[];
  /** Acknowledges the join, after which the state comes. */
  acknowledge(): void;
  /** Stops reading from the network, so that the server's buffers fill. */
  pause(): void;
  resume(): void;
  readonly closed: Promise<number>;
}

export async function rawJoin(origin: string, seat: Seat, query = ''): Promise<RawClient> {
  const url = `${origin.replace('http', 'ws')}/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}&skipHandshake=1${query}`;
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const frames: Uint8Array[] = [];
  const joined = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      frames.push(Uint8Array.from(data));
      if (data[0] === JOIN_ROOM) resolve();
    });
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  await Promise.race([joined, closed]);
  return {
    socket,
    frames,
    acknowledge: () => socket.send(Uint8Array.of(JOIN_ROOM)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    closed,
  };
}
