/** How a crowd process reaches the servers: addresses looked up once, connections spread over where they may begin. */
import { lookup } from 'node:dns/promises';
import { nodeSockets, type Reader, type Sockets, type Source, type Wire } from './sockets.ts';

export class Road {
  readonly #addresses = new Map<string, string>();
  readonly #sources: readonly Source[];
  readonly #sockets: Sockets;

  /** `localAddresses`: where connections within this machine begin; none: wherever the system likes, while that has ports enough. */
  constructor(localAddresses: readonly string[], sockets: Sockets = nodeSockets) {
    this.#sources = localAddresses.map((address) => ({ address, connections: 0 }));
    this.#sockets = sockets;
  }

  /** To be called for every host before it is first connected to. Rejects for one that has no address. */
  async learn(hostname: string): Promise<void> {
    if (this.#addresses.has(hostname)) return;
    const { address } = await lookup(hostname.replace(/^\[|\]$/g, ''), { family: 0 });
    this.#addresses.set(hostname, address);
  }

  connect(hostname: string, port: number, reader: Reader): Wire {
    const address = this.#addresses.get(hostname) ?? hostname;
    return this.#sockets.open({ address, port }, address.startsWith('127.') ? this.#leastUsed() : null, reader);
  }

  /** Calls `task` once whatever has come until now is read. */
  afterLook(task: () => void): void {
    this.#sockets.afterLook(task);
  }

  #leastUsed(): Source | null {
    let found = this.#sources[0] ?? null;
    for (const source of this.#sources) if (source.connections < (found?.connections ?? 0)) found = source;
    return found;
  }
}

interface Endpoint {
  readonly hostname: string;
  readonly port: number;
  /** Without a slash at its end. */
  readonly path: string;
}

/** A house has few, and each join asks. */
const endpoints = new Map<string, Endpoint>();

/** Where `origin` listens. Throws for what light fans do not speak. */
export function endpointOf(origin: string): Endpoint {
  const known = endpoints.get(origin);
  if (known !== undefined) return known;
  const { protocol, hostname, port, pathname } = new URL(origin);
  if (protocol !== 'http:') throw new Error(`light fans speak plain http, not ${origin}`);
  const endpoint = { hostname, port: port === '' ? 80 : Number(port), path: pathname.replace(/\/$/, '') };
  endpoints.set(origin, endpoint);
  return endpoint;
}
