/** Many requests at the same moment, as a crowd sends them and no HTTP client does: written before any answer is read. */
import { once } from 'node:events';
import { connect } from 'node:net';

const SOCKETS = 50;

/** Asks for each path; resolves with how often each status was answered. */
export async function askAtOnce(origin: string, paths: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const { hostname, port } = new URL(origin);
  const shares = Array.from({ length: SOCKETS }, (_, n) => paths.filter((_path, at) => at % SOCKETS === n));
  const answers = await Promise.all(
    shares.map(async (share) => {
      const socket = connect(Number(port), hostname);
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      await once(socket, 'connect');
      const last = share.length - 1;
      const requests = share.map((path, at) => {
        return `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: ${at === last ? 'close' : 'keep-alive'}\r\n\r\n`;
      });
      socket.write(requests.join(''));
      await once(socket, 'close');
      return Buffer.concat(chunks).toString('latin1');
    }),
  );
  const counts: Record<string, number> = {};
  for (const [, status = ''] of answers.join('').matchAll(/HTTP\/1\.1 (\d{3}) /g)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
