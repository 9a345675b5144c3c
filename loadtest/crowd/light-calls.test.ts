import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DoorRequest, HttpAnswer } from '../../client/session/door-call.ts';
import { systemClock } from '../../core/clock.ts';
import { until } from '../../tests/support/until.ts';
import { lightCalls } from './light-calls.ts';
import { Road } from './road.ts';

/** Calls, each of which may take ten seconds unless said otherwise. */
function calls(road = new Road([])) {
  const call = lightCalls(road);
  const clock = systemClock();
  return (url: string, request: DoorRequest = {}, { timeoutMs = 10_000, signal = new AbortController().signal } = {}) =>
    call(url, request, { clock, timeoutMs, signal });
}

describe('calls of light fans', () => {
  let server: Server;
  let origin: string;
  let sockets = 0;
  let answer: (req: IncomingMessage, body: string, res: ServerResponse) => void;

  before(async () => {
    server = createServer((req, res) => {
      let body = '';
      req.on('data', (chunk) => (body += chunk)).on('end', () => answer(req, body, res));
    });
    server.on('connection', () => sockets++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('CW2 asks as fetch does, over sockets that it keeps', async () => {
    answer = (req, body, res) => {
      res.writeHead(201, { 'content-type': 'application/json' });
      const said = JSON.stringify({
        path: req.url,
        method: req.method,
        token: req.headers.authorization,
        body: JSON.parse(body),
      });
      // In two parts of unequal length, so that it comes chunked.
      res.write(said.slice(0, 5));
      setImmediate(() => res.end(said.slice(5)));
    };
    const ask = calls();
    const init = { method: 'POST', headers: { authorization: 'Bearer t' }, body: JSON.stringify({ name: 'Zoë' }) };
    sockets = 0;
    for (let n = 0; n < 3; n++) {
      const reply = (await ask(`${origin}/api/x`, init)) as HttpAnswer;
      assert.equal(reply.status, 201);
      assert.deepEqual(reply.value, { path: '/api/x', method: 'POST', token: 'Bearer t', body: { name: 'Zoë' } });
      assert.ok(reply.receivedAtMs >= reply.sentAtMs);
    }
    assert.equal(sockets, 1);
    assert.equal(
      (await Promise.all(Array.from({ length: 100 }, () => ask(`${origin}/api/x`, init)))).filter(
        (reply) => typeof reply === 'object',
      ).length,
      100,
    );
    assert.ok(sockets <= 48, `${sockets} sockets`);
  });

  it('CW2 asks once more when a kept socket had closed, and tells who was called off, is late or finds nobody', async () => {
    const ask = calls();
    answer = (_req, _body, res) => res.end('{}');
    await ask(`${origin}/`);
    let asked = 0;
    answer = (req, _body, res) => (asked++ === 0 ? req.socket.destroy() : res.end('{"again":true}'));
    assert.deepEqual(((await ask(`${origin}/`)) as HttpAnswer).value, { again: true });
    answer = (_req, _body, res) => res.end('a portal');
    assert.equal(((await ask(`${origin}/`)) as HttpAnswer).value, null);
    answer = (req) => req.socket.destroy();
    assert.equal(await calls()(`${origin}/`), 'lost');
    assert.equal(await calls()('https://127.0.0.1:9/'), 'lost', 'light fans speak plain http');
    const stop = new AbortController();
    answer = () => stop.abort();
    assert.equal(await ask(`${origin}/`, {}, stop), 'silent');
    assert.equal(await ask(`${origin}/`, {}, stop), 'silent');
    let cut = false;
    answer = (req) => void req.socket.on('close', () => (cut = true));
    assert.equal(await ask(`${origin}/`, {}, { timeoutMs: 30 }), 'silent');
    await until('the connection is cut', () => cut);
  });

  it('CW2 tells who gives up while all sockets are taken at once, and hands the next free one to who came last', async () => {
    const held: ServerResponse[] = [];
    answer = (_req, _body, res) => void held.push(res);
    const ask = calls();
    const taken = Array.from({ length: 48 }, () => ask(`${origin}/taken`));
    await until('all sockets are taken', () => held.length === 48);
    const stop = new AbortController();
    const early = ask(`${origin}/early`, {}, stop);
    const late = Array.from({ length: 200 }, () => ask(`${origin}/late`, {}, { timeoutMs: 30 }));
    const asked: string[] = [];
    answer = (req, _body, res) => {
      asked.push(req.url ?? '');
      res.end('{}');
    };
    const others = ['/second', '/third'].map((path) => ask(`${origin}${path}`));
    stop.abort();
    assert.equal(await early, 'silent');
    assert.deepEqual(new Set(await Promise.all(late)), new Set(['silent']));
    assert.deepEqual(asked, []);
    held[0]?.end('{}');
    await Promise.all(others);
    for (const res of held.slice(1)) res.end('{}');
    await Promise.all(taken);
    assert.deepEqual(asked, ['/third', '/second']);
  });
});
