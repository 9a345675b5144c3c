/** A TCP proxy that can go deaf: connections that it has then stay open for ever and carry nothing, as over a cut link; or dumb. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface DeafProxy extends AsyncDisposable {
  readonly port: number;
  /** For the connections of now; later ones are carried. */
  goDeaf(): void;
  /** Carries what is asked, and keeps the answers back; the result lets them through. */
  holdAnswers(): () => void;
}

export async function startDeafProxy(toPort: number): Promise<DeafProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((from) => {
    const to = connect(toPort, '127.0.0.1');
    const pair = [from, to] as const;
    pairs.add(pair);
    for (const socket of pair) socket.on('error', () => undefined);
    from.pipe(to);
    to.pipe(from);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    goDeaf() {
      for (const [from, to] of pairs) {
        from.unpipe(to);
        to.unpipe(from);
      }
    },
    holdAnswers() {
      const held = [...pairs];
      for (const [from, to] of held) to.unpipe(from);
      return () => {
        for (const [from, to] of held) to.pipe(from);
      };
    },
    async [Symbol.asyncDispose]() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
