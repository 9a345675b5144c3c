/** Ports of this machine. */
import { createServer } from 'node:net';

/** Can somebody listen here now? `host` undefined: on every interface. */
export function portIsFree(port: number, host: string | undefined): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}

/** `wished`, if that is free on loopback; otherwise any that is. */
export function freePort(wished = 0): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', (error) => (wished === 0 ? reject(error) : resolve(freePort())));
  server.listen(wished, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}
