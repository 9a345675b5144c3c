/** A request's body as JSON, whatever it says of its type. */
import type { IncomingMessage } from 'node:http';
import { PartyError } from '../../core/errors.ts';

/**
 * Resolves with what was sent; an empty body is `{}`. Rejects with `payload_too_large` beyond `maxBytes`, after which the rest is
 * read and forgotten, and with `bad_request` when it cannot be read.
 */
export async function readJson(req: IncomingMessage, maxBytes: number): Promise<unknown> {
  const bytes = await readBytes(req, maxBytes);
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw unreadable();
  }
}

function readBytes(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const parts: Buffer[] = [];
  let length = 0;
  req.on('data', (part: Buffer) => {
    length += part.length;
    if (length <= maxBytes) parts.push(part);
    else reject(new PartyError('payload_too_large', 'The request is larger than anything we take.'));
  });
  req.once('end', () => resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)));
  req.once('error', () => reject(unreadable()));
  return promise;
}

const unreadable = () => new PartyError('bad_request', 'The request could not be read.');
