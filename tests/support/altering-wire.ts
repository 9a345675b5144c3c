/** A wire to a server that can alter or lose one frame on its way to one fan, and can be late with everything to all of them. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface AlteringWire extends AsyncDisposable {
  readonly port: number;
  /** The next frame to any one fan that begins with this byte is passed through `alter`; undefined: it is lost. */
  alterNext(firstByte: number, alter: (frame: Buffer) => Buffer | undefined): void;
  /** How many frames were altered or lost. */
  altered(): number;
  /** From now on, what the server says reaches everybody so much later. */
  delay(ms: number): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

export async function alteringWire(toPort: number): Promise<AlteringWire> {
  const sockets = new Set<Socket>();
  let plan: { readonly firstByte: number; readonly alter: (frame: Buffer) => Buffer | undefined } | undefined;
  let altered = 0;
  let delayMs = 0;
  const keep = (socket: Socket, other: () => Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      other().destroy();
    });
  };
  const server = createServer((near) => {
    const far = connect(toPort, '127.0.0.1');
    keep(near, () => far);
    keep(far, () => near);
    near.pipe(far);
    const frames = new FrameCutter();
    const send = (bytes: Buffer) => {
      if (delayMs === 0) near.write(bytes);
      else setTimeout(() => near.write(bytes), delayMs);
    };
    far.on('data', (chunk: Buffer) => {
      for (const { bytes, payloadAt } of frames.push(chunk)) {
        if (plan === undefined || payloadAt === undefined || bytes[payloadAt] !== plan.firstByte) {
          send(bytes);
          continue;
        }
        const changed = plan.alter(bytes);
        plan = undefined;
        altered += 1;
        if (changed !== undefined) send(changed);
      }
    });
    far.once('end', () => near.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the wire has no port');
  return {
    port: address.port,
    alterNext(firstByte, alter) {
      plan = { firstByte, alter };
    },
    altered: () => altered,
    delay(ms) {
      delayMs = ms;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Cuts what a server sends into WebSocket frames, once the upgrade is behind it; before that, and for HTTP, into chunks. */
class FrameCutter {
  #held = Buffer.alloc(0);
  #isUpgraded = false;

  *push(chunk: Buffer): Generator<{ readonly bytes: Buffer; readonly payloadAt?: number }> {
    this.#held = Buffer.concat([this.#held, chunk]);
    if (!this.#isUpgraded) {
      const head = this.#held.indexOf(HEAD_END);
      if (head < 0 || !this.#held.toString('latin1', 0, 12).startsWith('HTTP/1.1 101')) {
        yield { bytes: this.#take(this.#held.length) };
        return;
      }
      this.#isUpgraded = true;
      yield { bytes: this.#take(head + HEAD_END.length) };
    }
    for (;;) {
      const short = (this.#held[1] ?? 0) & 127;
      const payloadAt = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (this.#held.length < payloadAt) return;
      const extended = short === 126 ? this.#held.readUInt16BE(2) : Number(short === 127 ? this.#held.readBigUInt64BE(2) : 0n);
      const whole = payloadAt + (short < 126 ? short : extended);
      if (this.#held.length < whole) return;
      yield { bytes: this.#take(whole), payloadAt };
    }
  }

  #take(bytes: number): Buffer {
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }
}
