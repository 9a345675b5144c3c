/** Our end of WebSockets and, at the other, `ws` as the client, which many have tested. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket } from 'ws';
import { shakeHands } from '../../server/transport/handshake.ts';
import { PartySocket } from '../../server/transport/party-socket.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

export const MAX_BYTES = 8 * 1_024;

/** A client's frame of a few bytes, with a mask that changes nothing. */
export const sentFrame = (opcode: number, ...payload: number[]) =>
  Buffer.of(0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0, ...payload);

/** For each test of a suite a server of its own. */
export class SocketPairs {
  ours: PartySocket[] = [];
  closed: PartySocket[] = [];
  /** Told of each socket for which bytes wait. */
  onWaiting: (socket: PartySocket) => void = () => undefined;
  errors: Error[] = [];
  clock: ManualClock = manualClock();
  #theirs: WebSocket[] = [];
  port = 0;
  #server: Server | undefined;

  async open(): Promise<void> {
    [this.ours, this.closed, this.errors, this.#theirs] = [[], [], [], []];
    this.clock = manualClock();
    const owner = {
      maxBytes: MAX_BYTES,
      clock: this.clock,
      onClosed: (socket: PartySocket) => void this.closed.push(socket),
      onError: (error: Error) => void this.errors.push(error),
      onWaiting: (socket: PartySocket) => this.onWaiting(socket),
    };
    this.#server = createServer().on('upgrade', (req, socket, head) => {
      const { accepted, answer } = shakeHands(req);
      if (!accepted) return void socket.end(answer);
      socket.write(answer);
      this.ours.push(new PartySocket(socket as Socket, head, owner));
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of [...this.#theirs, ...this.ours]) socket.terminate();
    this.#server?.close();
  }

  async meet(): Promise<{
    us: PartySocket;
    them: WebSocket;
    received: Buffer[];
    said: Promise<{ code: number; reason: string }>;
  }> {
    const them = new WebSocket(`ws://127.0.0.1:${this.port}`);
    this.#theirs.push(them);
    const received: Buffer[] = [];
    them.on('message', (data: Buffer) => void received.push(data));
    them.on('error', () => undefined);
    const said = once(them, 'close').then(([code, reason]) => ({ code: code as number, reason: String(reason) }));
    await once(them, 'open');
    const us = this.ours.at(-1);
    assert.ok(us);
    return { us, them, received, said };
  }
}
