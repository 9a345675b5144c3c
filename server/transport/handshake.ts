/** From an HTTP request to a WebSocket (RFC 6455, section 4.2). */
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const KEY = /^[+/0-9A-Za-z]{22}==$/;
const ACCEPT_SALT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Other upgrades are left alone: some HTTP clients offer h2c with each request, and take the plain answer. */
export function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/** What to answer; `accepted` false: the connection is to be ended with it. */
export function shakeHands(req: IncomingMessage): { readonly accepted: boolean; readonly answer: string } {
  const { method, headers } = req;
  const key = headers['sec-websocket-key'] ?? '';
  if (method !== 'GET') return refusal('405 Method Not Allowed', 'Allow: GET\r\n');
  if (!wantsWebSocket(req) || !KEY.test(key)) return refusal('400 Bad Request');
  if (headers['sec-websocket-version'] !== '13') return refusal('426 Upgrade Required', 'Sec-WebSocket-Version: 13\r\n');
  const accept = hash('sha1', key + ACCEPT_SALT, 'base64');
  return {
    accepted: true,
    answer: `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  };
}

export const FORBIDDEN = refusal('403 Forbidden').answer;

function refusal(status: string, headers = ''): { readonly accepted: false; readonly answer: string } {
  return { accepted: false, answer: `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n${headers}\r\n` };
}
