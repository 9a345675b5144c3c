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

export class CopyOnceSerializer<T extends Schema> extends SchemaSerializer<T> {
  readonly #handOut: (patch: Uint8Array, clients: readonly Client[]) => void;
  #fullSource: Uint8Array | undefined;
  #fullCopy: SharedBytes | undefined;

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
    const takes = (patch: Uint8Array) => this.#handOut(patch, clients);
    const taker = { state: ClientState.JOINED, raw: takes } as unknown as Client;
    return super.applyPatches(clients.length === 0 ? [] : [taker], ...more);
  }

  override getFullState(...args: Parameters<SchemaSerializer<T>['getFullState']>): Uint8Array {
    const source = super.getFullState(...args);
    if (source !== this.#fullSource || this.#fullCopy === undefined) {
      this.#fullSource = source;
      this.#fullCopy = new SharedBytes(source);
      // A state that outgrew the buffer was encoded twice; keep the larger buffer so that it happens once.
      if (source.buffer !== this.fullEncodeBuffer.buffer) this.fullEncodeBuffer = new Uint8Array(source.buffer);
    }
    return this.#fullCopy;
  }
}
