import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../../tests/support/until.ts';
import { lightFetch } from './light-fetch.ts';
import { Road } from './road.ts';

describe('light fetch', () => {
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
    const fetch = lightFetch(new Road([]));
    const init = { method: 'POST', headers: { authorization: 'Bearer t' }, body: JSON.stringify({ name: 'Zoë' }) };
    sockets = 0;
    for (let n = 0; n < 3; n++) {
      const reply = await fetch(`${origin}/api/x`, init);
      assert.equal(reply.status, 201);
      assert.deepEqual(await reply.json(), { path: '/api/x', method: 'POST', token: 'Bearer t', body: { name: 'Zoë' } });
    }
    assert.equal(sockets, 1);
    assert.equal((await Promise.all(Array.from({ length: 100 }, () => fetch(`${origin}/api/x`, init)))).length, 100);
    assert.ok(sockets <= 48, `${sockets} sockets`);
  });

  it('CW2 asks once more when a kept socket had closed, and rejects when it is told to stop or nobody answers', async () => {
    const fetch = lightFetch(new Road([]));
    answer = (_req, _body, res) => res.end('{}');
    await fetch(`${origin}/`, {});
    let asked = 0;
    answer = (req, _body, res) => (asked++ === 0 ? req.socket.destroy() : res.end('{"again":true}'));
    assert.deepEqual(await (await fetch(`${origin}/`, {})).json(), { again: true });
    answer = (req) => req.socket.destroy();
    await assert.rejects(lightFetch(new Road([]))(`${origin}/`, {}), /ended before the answer/);
    const stop = new AbortController();
    answer = () => stop.abort();
    await assert.rejects(fetch(`${origin}/`, { signal: stop.signal }));
  });

  it('CW2 tells who gives up while all sockets are taken at once, and hands the next free one to who came last', async () => {
    const held: ServerResponse[] = [];
    answer = (_req, _body, res) => void held.push(res);
    const fetch = lightFetch(new Road([]));
    const taken = Array.from({ length: 48 }, () => fetch(`${origin}/taken`, {}));
    await until('all sockets are taken', () => held.length === 48);
    const stop = new AbortController();
    const early = fetch(`${origin}/early`, { signal: stop.signal });
    const asked: string[] = [];
    answer = (req, _body, res) => {
      asked.push(req.url ?? '');
      res.end('{}');
    };
    const others = ['/second', '/third'].map((path) => fetch(`${origin}${path}`, {}));
    stop.abort();
    await assert.rejects(early, /aborted/);
    assert.deepEqual(asked, []);
    held[0]?.end('{}');
    await Promise.all(others);
    for (const res of held.slice(1)) res.end('{}');
    await Promise.all(taken);
    assert.deepEqual(asked, ['/third', '/second']);
  });
});
