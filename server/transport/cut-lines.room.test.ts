/** Connections that break at the worst moment, as anybody's may: a network that resets must never be anybody else's trouble. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { startTestParty, type TestParty } from '../../tests/support/test-party.ts';
import { until } from '../../tests/support/until.ts';

const TRIES = 40;

describe('connections that are cut', () => {
  let party: TestParty;
  const uncaught: unknown[] = [];
  const catchIt = (error: unknown) => void uncaught.push(error);
  let stock: NodeJS.UncaughtExceptionListener[] = [];

  before(async () => {
    party = await startTestParty();
    stock = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').on('uncaughtException', catchIt);
  });
  after(async () => {
    process.off('uncaughtException', catchIt);
    for (const listener of stock) process.on('uncaughtException', listener);
    await party.close();
  });

  /** Asks for an upgrade and resets the connection, with and without waiting for the answer. */
  async function askAndReset(path: string, headers: Record<string, string>, waits: boolean): Promise<void> {
    const socket = connect(Number(new URL(party.base).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const asked = { Host: 'x', Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', ...headers };
    const head = Object.entries(asked).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET ${path} HTTP/1.1\r\n${head.join('')}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
    if (waits) await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    socket.resetAndDestroy();
    await once(socket, 'close');
  }

  for (const [what, headers] of [
    ['a page of a foreign origin', { Origin: 'https://evil.example' }],
    ['a client without a ticket', {}],
    ['a client that wants another protocol', { Upgrade: 'h2c' }],
  ] as const) {
    it(`TK17 ${what} that resets its connection harms nobody`, async () => {
      for (let n = 0; n < TRIES; n += 1) await askAndReset('/p/sec-demo-1-1?sessionId=x', headers, n % 2 === 0);
      const granted = await party.ticket({ name: 'Next' });
      const room = await party.sit(granted);
      await room.leave();
      assert.deepEqual(uncaught, []);
    });
  }

  it('TK17 a connection that was turned away is closed, whether or not its other end closes it', async () => {
    const socket = connect({ port: Number(new URL(party.base).port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      'GET /p/r HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://evil.example\r\n\r\n',
    );
    const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    assert.match(await answer, /^HTTP\/1\.1 403 /);
    let isClosed = false;
    socket.once('close', () => {
      isClosed = true;
    });
    await until('the server let go of it', () => {
      if (!socket.destroyed) socket.write('x');
      return isClosed;
    });
  });
});
