/** How a crowd process reaches the servers: addresses looked up once, sockets that read into one buffer for all. */
import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';

/** Takes what a socket read. The bytes are lent: they change after the call. */
export interface Reader {
  read(bytes: Buffer, length: number): void;
  /** Once, whatever ended the socket. */
  ended(): void;
}

const READ_BYTES = 64 * 1_024;

export class Road {
  readonly #addresses = new Map<string, string>();
  readonly #localAddress: string | undefined;
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);

  /** `localAddress`: where connections begin, when one address has too few ports for them. */
  constructor(localAddress: string | undefined) {
    this.#localAddress = localAddress;
  }

  /** To be called for every host before it is first connected to. Rejects for one that has no address. */
  async learn(hostname: string): Promise<void> {
    if (this.#addresses.has(hostname)) return;
    const { address } = await lookup(hostname.replace(/^\[|\]$/g, ''), { family: 0 });
    this.#addresses.set(hostname, address);
  }

  connect(hostname: string, port: number, reader: Reader): Socket {
    const host = this.#addresses.get(hostname) ?? hostname;
    const socket = connect({
      host,
      port,
      noDelay: true,
      autoSelectFamily: false,
      ...(this.#localAddress !== undefined && host.startsWith('127.') ? { localAddress: this.#localAddress } : {}),
      onread: {
        buffer: this.#buffer,
        callback(length, bytes) {
          reader.read(bytes as Buffer, length);
          return true;
        },
      },
    });
    // A failed connection closes too: that is where it is told.
    socket.on('error', ignore);
    socket.once('close', () => reader.ended());
    return socket;
  }
}

function ignore(): void {}

/** Where `origin` listens. Throws for what light fans do not speak. */
export function endpointOf(origin: string): { readonly hostname: string; readonly port: number } {
  const { protocol, hostname, port } = new URL(origin);
  if (protocol !== 'http:') throw new Error(`light fans speak plain http, not ${origin}`);
  return { hostname, port: port === '' ? 80 : Number(port) };
}
