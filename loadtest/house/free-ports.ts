/** Ports in a row that nobody listens on, below the range that outgoing connections of a crowd take theirs from. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const LOWEST_PORT = 10_240;
const USUAL_FIRST_OUTGOING = 32_768;

/** The first of `count`. */
export async function freePortsFrom(count: number, random: () => number): Promise<number> {
  const highest = firstOutgoing() - count;
  for (;;) {
    const first = LOWEST_PORT + Math.floor(random() * (highest - LOWEST_PORT));
    const free = await Promise.all(Array.from({ length: count }, (_, n) => isFree(first + n)));
    if (free.every(Boolean)) return first;
  }
}

function firstOutgoing(): number {
  try {
    return Math.max(LOWEST_PORT + 1_000, Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0]));
  } catch {
    return USUAL_FIRST_OUTGOING;
  }
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
