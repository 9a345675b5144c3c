/** Hands one frame to a room's many sockets, some per turn of the event loop. */
import { type Client, ClientState } from '@colyseus/core';
import type { Clock } from '../core/clock.ts';
import { inTurns } from './turns.ts';

/** About 1 ms, on two cores that seven processes and a crowd share five: what a fan who asks for something may have to wait. */
const SENDS_PER_TURN = 125;

interface Frame {
  readonly bytes: Uint8Array;
  readonly clients: readonly Client[];
  readonly onSent: (usedMs: number) => void;
}

/**
 * Frames leave in order: the next one waits until everybody has the one before. Each goes to those who are joined when it is
 * sent; whoever joins while it is on its way got it with the state, and whoever leaves needs it no more.
 */
export class FanOut {
  readonly #clock: Clock;
  readonly #waiting: Frame[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Somebody waits for a frame: its `onSent` is still to come. */
  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  send(bytes: Uint8Array, clients: readonly Client[], onSent: Frame['onSent']): void {
    this.#waiting.push({ bytes, onSent, clients: clients.filter(isJoined) });
    if (this.#waiting.length === 1) this.#next();
  }

  #next(): void {
    const [frame] = this.#waiting;
    if (frame === undefined) return;
    const hand = (client: Client) => isJoined(client) && client.raw(frame.bytes);
    inTurns(this.#clock, frame.clients, SENDS_PER_TURN, hand, (usedMs) => {
      this.#waiting.shift();
      frame.onSent(usedMs);
      this.#next();
    });
  }
}

/** A client that came back shares its socket with the one it was: that one is not `JOINED` any more. */
function isJoined({ state }: Client): boolean {
  return state === ClientState.JOINED;
}
