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

interface Source {
  readonly address: string;
  connections: number;
}

export class Road {
  readonly #addresses = new Map<string, string>();
  readonly #sources: readonly Source[];
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);

  /** `localAddresses`: where connections within this machine begin; none: wherever the system likes, while that has ports enough. */
  constructor(localAddresses: readonly string[]) {
    this.#sources = localAddresses.map((address) => ({ address, connections: 0 }));
  }

  /** To be called for every host before it is first connected to. Rejects for one that has no address. */
  async learn(hostname: string): Promise<void> {
    if (this.#addresses.has(hostname)) return;
    const { address } = await lookup(hostname.replace(/^\[|\]$/g, ''), { family: 0 });
    this.#addresses.set(hostname, address);
  }

  connect(hostname: string, port: number, reader: Reader): Socket {
    const host = this.#addresses.get(hostname) ?? hostname;
    const from = host.startsWith('127.') ? this.#leastUsed() : undefined;
    const socket = connect({
      host,
      port,
      noDelay: true,
      autoSelectFamily: false,
      ...(from === undefined ? {} : { localAddress: from.address }),
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
    socket.once('close', () => {
      if (from !== undefined) from.connections -= 1;
      reader.ended();
    });
    return socket;
  }

  #leastUsed(): Source | undefined {
    let found = this.#sources[0];
    for (const source of this.#sources) if (source.connections < (found?.connections ?? 0)) found = source;
    if (found !== undefined) found.connections += 1;
    return found;
  }
}

function ignore(): void {}

/** Where `origin` listens. Throws for what light fans do not speak. */
export function endpointOf(origin: string): { readonly hostname: string; readonly port: number } {
  const { protocol, hostname, port } = new URL(origin);
  if (protocol !== 'http:') throw new Error(`light fans speak plain http, not ${origin}`);
  return { hostname, port: port === '' ? 80 : Number(port) };
}
