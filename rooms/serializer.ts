/**
 * How a room's state becomes frames.
 * Colyseus hands every socket a view of a buffer that the next encode overwrites, and Node keeps that view while a
 * socket is back-pressured: the slow reader then receives a corrupt patch. This serializer copies each encoding once,
 * whatever the number of sockets, and leaves it to its room to hand the copy out.
 */
import { type Client, ClientState, SchemaSerializer } from '@colyseus/core';
import { Encoder, type Schema } from '@colyseus/schema';
import { SharedBytes } from './shared-bytes.ts';

// A full stage is about 40 KB: at the default of 16 every console's state was encoded twice, with a warning.
Encoder.BUFFER_SIZE = 64 * 1_024;

/** Beyond so many patches a newcomer is better served by the state anew. */
const FOLLOWERS_MAX = 8;

/** A state as it was encoded, and the patches since: what a newcomer is sent, in one write. */
interface Whole {
  readonly state: SharedBytes;
  readonly followers: SharedBytes[];
  /** Of the followers. */
  bytes: number;
  together: SharedBytes | undefined;
}

export class CopyOnceSerializer<T extends Schema> extends SchemaSerializer<T> {
  readonly #handOut: (patch: Uint8Array, clients: readonly Client[]) => void;
  #whole: Whole | undefined;

  constructor(handOut: (patch: Uint8Array, clients: readonly Client[]) => void) {
    super();
    this.#handOut = handOut;
  }

  override reset(newState: T): void {
    super.reset(newState);
    const encode = this.encoder.encode.bind(this.encoder);
    this.encoder.encode = (...args: Parameters<Encoder<T>['encode']>) => new SharedBytes(encode(...args));
  }

  /** Colyseus encodes for one that takes the patch in the place of all. */
  override applyPatches(...[clients, ...more]: Parameters<SchemaSerializer<T>['applyPatches']>): boolean {
    // Nobody is there: what changed is not even encoded.
    if (clients.length === 0) this.#whole = undefined;
    const takes = (patch: Uint8Array) => {
      this.#follow(patch as SharedBytes);
      this.#handOut(patch, clients);
    };
    const taker = { state: ClientState.JOINED, raw: takes } as unknown as Client;
    return super.applyPatches(clients.length === 0 ? [] : [taker], ...more);
  }

  /** A whole state takes milliseconds to encode, so it serves for some beats, with the patches of those beats behind it. */
  override getFullState(...args: Parameters<SchemaSerializer<T>['getFullState']>): Uint8Array {
    this.#whole ??= { state: this.#encodeAll(...args), followers: [], bytes: 0, together: undefined };
    const whole = this.#whole;
    if (whole.together === undefined) {
      const { buffer, byteOffset, byteLength } = whole.state;
      whole.together = new SharedBytes(buffer, byteOffset, byteLength);
      whole.together.followers = [...whole.followers];
    }
    return whole.together;
  }

  /** The next newcomer is sent a state that is encoded then. */
  encodeAnew(): void {
    this.#whole = undefined;
  }

  #encodeAll(...args: Parameters<SchemaSerializer<T>['getFullState']>): SharedBytes {
    const source = super.getFullState(...args);
    // A state that outgrew the buffer was encoded twice; keep the larger buffer so that it happens once.
    if (source.buffer !== this.fullEncodeBuffer.buffer) this.fullEncodeBuffer = new Uint8Array(source.buffer);
    return new SharedBytes(source);
  }

  #follow(patch: SharedBytes): void {
    const whole = this.#whole;
    if (whole === undefined) return;
    whole.followers.push(patch);
    whole.bytes += patch.byteLength;
    whole.together = undefined;
    if (whole.followers.length > FOLLOWERS_MAX || whole.bytes > whole.state.byteLength) this.#whole = undefined;
  }
}
