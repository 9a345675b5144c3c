/** One fan of a bench: a light socket that joins, counts frames, and speaks when told to; or a bare one, for the floor. */
import { connect } from 'node:net';
import { LightSocket, type SocketOwner } from '../crowd/light-socket.ts';
import { Road } from '../crowd/road.ts';
import { CODE_BITS, ERROR, JOIN_ROOM, ROOM_STATE, ROOM_STATE_PATCH, readError, requestFrame } from '../crowd/wire.ts';
import { FLOOR_FRAME_BYTES, FLOOR_HELLO } from './floor.ts';

/** Counts over all fans of a run. */
export interface Tally {
  patches: number;
  patchBytes: number;
  /** Connections that ended without our asking. */
  lost: number;
}

export interface Fan {
  readonly roomId: string;
  /** Asks something of the room; what it answers is not waited for. */
  ask(type: string, payload: Readonly<Record<string, string | number>>): void;
  send(bytes: Uint8Array): void;
  leave(): void;
}

const road = new Road([]);
/** What the standard asks for, at no cost to either end. */
const maskOfZeros = () => 0;

/** Resolves when the whole state has come. */
export function joinRoom(port: number, path: string, roomId: string, tally: Tally): Promise<Fan> {
  const { promise, resolve, reject } = Promise.withResolvers<Fan>();
  const server = `http://127.0.0.1:${port}`;
  let requests = 0;
  let isLeaving = false;
  const owner: SocketOwner = {
    opened() {},
    message(bytes, start, end) {
      const code = (bytes[start] ?? 0) & CODE_BITS;
      if (code === ROOM_STATE_PATCH) {
        tally.patches++;
        tally.patchBytes += end - start;
      } else if (code === JOIN_ROOM) socket.send(Buffer.of(JOIN_ROOM));
      else if (code === ROOM_STATE) resolve(fan);
      else if (code === ERROR) socket.close(readError(bytes, start).code);
    },
    closed(code) {
      if (!isLeaving) tally.lost++;
      reject(new Error(`turned away with ${code}`));
    },
  };
  const socket = new LightSocket(road, maskOfZeros, { server, path, origin: server }, owner);
  const fan: Fan = {
    roomId,
    // Colyseus writes a number below 128 as one byte.
    ask: (type, payload) => socket.send(requestFrame(++requests & 0x7f, type, payload)),
    send: (bytes) => socket.send(bytes),
    leave() {
      isLeaving = true;
      socket.cut();
    },
  };
  return promise;
}

/** Resolves when the floor has answered. */
export function joinFloor(port: number, tally: Tally): Promise<Fan> {
  const { promise, resolve, reject } = Promise.withResolvers<Fan>();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let received = 0;
  let isLeaving = false;
  const fan: Fan = {
    roomId: 'floor',
    ask: () => undefined,
    send: (bytes) => void socket.write(bytes),
    leave() {
      isLeaving = true;
      socket.destroy();
    },
  };
  socket.on('connect', () => socket.write(Buffer.of(FLOOR_HELLO)));
  socket.once('data', () => {
    resolve(fan);
    socket.on('data', (chunk) => {
      received += chunk.length;
      for (; received >= FLOOR_FRAME_BYTES; received -= FLOOR_FRAME_BYTES) {
        tally.patches++;
        tally.patchBytes += FLOOR_FRAME_BYTES;
      }
    });
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    if (!isLeaving) tally.lost++;
    reject(new Error('the connection ended'));
  });
  return promise;
}
