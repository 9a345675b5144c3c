import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Entrance } from './entrance.ts';

const CROWD = 200;

describe('the entrance of a process', () => {
  const entrances: Entrance[] = [];
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(entrances.splice(0).map((entrance) => entrance.close()));
  });

  function entranceTo(server: Server): Entrance {
    const entrance = new Entrance(server, (error) => assert.fail(error));
    entrances.push(entrance);
    return entrance;
  }

  it('TK18 takes many connections in one turn of the event loop', async () => {
    const server = createServer();
    const port = await entranceTo(server).open(0, '127.0.0.1');
    const byTurn: number[] = [];
    let taken = 0;
    server.on('connection', () => void taken++);
    for (let n = 0; n < CROWD; n += 1) sockets.push(connect(port, '127.0.0.1'));
    while (taken < CROWD) {
      const before = taken;
      await new Promise((resolve) => setImmediate(resolve));
      if (taken > before) byTurn.push(taken - before);
    }
    assert.ok(byTurn.length < CROWD / 4, `turns that took some: ${byTurn.join(' ')}`);
  });

  it('TK18 every connection is the server’s, and all end when it closes', async () => {
    const server = createServer((_req, res) => res.end('here'));
    const entrance = entranceTo(server);
    const port = await entrance.open(0, '127.0.0.1');
    const answers = await Promise.all(
      Array.from({ length: CROWD }, async () => {
        const [reply] = await once(get({ port, host: '127.0.0.1', agent: false }), 'response');
        const [body] = await once(reply.setEncoding('utf8'), 'data');
        return body as string;
      }),
    );
    assert.deepEqual([...new Set(answers)], ['here']);
    await entrance.close();
    await assert.rejects(once(connect(port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
  });

  it('TK18 a port that another one has is refused, shared or not', async () => {
    const port = await entranceTo(createServer()).open(0, '127.0.0.1');
    await assert.rejects(entranceTo(createServer()).open(port, '127.0.0.1'), { code: 'EADDRINUSE' });
  });
});
