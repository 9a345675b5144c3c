/** What carries a crowd's bytes: a socket as light fans need one, and who opens such. */
import { connect } from 'node:net';

/** Takes what a socket read. The bytes are lent: they change after the call. */
export interface Reader {
  read(bytes: Buffer, length: number): void;
  /** Once, whatever ended the socket, and never within a call of its own. */
  ended(): void;
}

/** One connection. What is written before it is made waits for it. */
export interface Wire {
  /** The bytes are kept until they are sent. Nothing happens once the wire is ending. */
  write(bytes: Uint8Array): void;
  /** Says that nothing more will be written; what comes is still read, until the other end is done as well. */
  end(): void;
  destroy(): void;
  pause(): void;
  resume(): void;
}

/** An address of this machine that connections begin at, and how many do. */
export interface Source {
  readonly address: string;
  connections: number;
}

/** An address in numbers. */
export interface Destination {
  readonly address: string;
  readonly port: number;
}

export interface Sockets {
  /** `from` null: wherever the system likes. Its connections are counted here. What fails is told to the reader as its end. */
  open(to: Destination, from: Source | null, reader: Reader): Wire;
  /** Calls `task` once whatever has come until now is read: a generator that was late itself has not waited in vain for what it did not read. */
  afterLook(task: () => void): void;
}

const READ_BYTES = 64 * 1_024;
const buffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** Node's own, on any system. */
export const nodeSockets: Sockets = {
  open({ address, port }, from, reader) {
    const socket = connect({
      host: address,
      port,
      noDelay: true,
      autoSelectFamily: false,
      ...(from === null ? {} : { localAddress: from.address }),
      onread: {
        buffer,
        callback(length, bytes) {
          reader.read(bytes as Buffer, length);
          return true;
        },
      },
    });
    if (from !== null) from.connections += 1;
    // A failed connection closes too: that is where it is told.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (from !== null) from.connections -= 1;
      reader.ended();
    });
    return {
      write: (bytes) => void (socket.writable && socket.write(bytes)),
      end: () => void socket.end(),
      destroy: () => void socket.destroy(),
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
    };
  },
  // Immediates follow the loop's look at its sockets.
  afterLook: (task) => void setImmediate(task),
};
