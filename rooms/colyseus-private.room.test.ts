import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { type Client, ClientState, matchMaker, Room } from '@colyseus/core';
import { schema, t } from '@colyseus/schema';
import { startServer, type TestServer } from '../tests/support/colyseus-server.ts';
import { JOIN_ROOM, rawJoin } from '../tests/support/raw-client.ts';
import { until } from '../tests/support/until.ts';
import {
  closeStockMatchmaking,
  completeJoin,
  guardFrames,
  pendingReservations,
  readFrame,
  rejectRequest,
  releaseReservation,
  reserveAtOnce,
  stopPatchInterval,
} from './colyseus-private.ts';

const Counter = schema({ n: t.uint32().default(0) }, 'PrivateCounter');

describe("Colyseus's private members", () => {
  let server: TestServer;
  let room: Room;
  const seen: string[] = [];
  const remember = (made: Room) => {
    room = made;
  };

  class Guarded extends Room {
    override state = new Counter();
    override autoDispose = false;
    override messages = { known: () => 'answer' };
    override onCreate(): void {
      remember(this);
    }
  }
  guardFrames(Guarded, (_room, client: Client, bytes, next) => {
    const frame = readFrame(bytes);
    seen.push(frame.kind === 'request' ? `request ${frame.type}` : frame.kind);
    if (frame.kind === 'request' && frame.type !== 'known') {
      rejectRequest(client, frame.id, { code: 'unknown_request', message: 'no' });
    } else next();
  });

  beforeEach(async () => {
    seen.length = 0;
    server = await startServer();
    server.define('guarded', Guarded);
  });
  afterEach(() => server.stop());

  it('SE2 the guard sees every frame before Colyseus does, and answers in its place', async () => {
    const listing = await matchMaker.createRoom('guarded', {});
    const joined = await server.client().consumeSeatReservation(await matchMaker.reserveSeatFor(listing, {}), Counter);
    assert.equal(await joined.request('known', {}), 'answer');
    await assert.rejects(joined.request('other', {}), (error: { reason?: unknown }) => {
      assert.deepEqual(error.reason, { code: 'unknown_request', message: 'no' });
      return true;
    });
    joined.send('known', {});
    joined.ping(() => {});
    await until('the last frame was seen', () => seen.includes('ping'));
    assert.deepEqual(seen, ['acknowledge', 'request known', 'request other', 'message', 'ping']);
  });

  it('SE3 with the patch interval off a room sends nothing by itself, and its clock stands still', async () => {
    await matchMaker.createRoom('guarded', {});
    const stock = room;
    const listing = await matchMaker.createRoom('guarded', {});
    stopPatchInterval(room);
    (room.state as { n: number }).n = 1;
    const joined = await server.client().consumeSeatReservation(await matchMaker.reserveSeatFor(listing, {}), Counter);
    await until('the state arrived', () => joined.state.n === 1);
    room.broadcastPatch();
    (room.state as { n: number }).n = 7;
    const before = room.clock.elapsedTime;
    const stockBefore = stock.clock.elapsedTime;
    await until('a stock room has ticked for a while', () => stock.clock.elapsedTime > stockBefore + 120);
    await joined.request('known', {});
    assert.equal(joined.state.n, 1);
    assert.equal(room.clock.elapsedTime, before);
    room.broadcastPatch();
    await until('the patch arrived', () => joined.state.n === 7);
  });

  it('SE9 a reservation that was taken back cannot be sat on, and its timer takes nothing else away', async () => {
    const listing = await matchMaker.createRoom('guarded', {});
    room.seatReservationTimeout = 0.15;
    const claims = { sessionId: 'session-of-a-fan-1' };
    const other = { sessionId: 'session-of-a-fan-2' };
    const seat = await matchMaker.reserveSeatFor(listing, {}, claims);
    assert.deepEqual([...pendingReservations(room)], [[claims.sessionId, claims]]);
    await matchMaker.reserveSeatFor(listing, {}, other);
    const fail = (error: unknown) => assert.fail(String(error));
    assert.equal(releaseReservation(room, claims.sessionId, fail), true);
    assert.equal(releaseReservation(room, claims.sessionId, fail), false);
    const refused = await rawJoin(server.origin, seat);
    assert.notEqual(await refused.closed, 1000);
    assert.ok(!refused.frames.some(([code]) => code === JOIN_ROOM));
    room.seatReservationTimeout = 30;
    await matchMaker.reserveSeatFor(listing, {}, claims);
    await until('a reservation of the same age has run out', () => !pendingReservations(room).has(other.sessionId));
    assert.ok(pendingReservations(room).has(claims.sessionId));
    assert.equal((await matchMaker.query({ roomId: room.roomId }))[0]?.clients, 1);
  });

  it('FT5 a join that is completed here sends what Colyseus sends, in its order, and is acknowledged once', async () => {
    const listing = await matchMaker.createRoom('guarded', {});
    const stay = async (complete: boolean) => {
      const raw = await rawJoin(server.origin, await matchMaker.reserveSeatFor(listing, {}));
      const client = room.clients.at(-1) as Client;
      client.send('early', 1);
      if (complete) {
        completeJoin(room, client);
        completeJoin(room, client);
        assert.equal(client.state, ClientState.JOINED);
      } else raw.acknowledge();
      await until('what was sent early arrived', () => raw.frames.length >= 3);
      client.send('late', 2);
      await until('what was sent late arrived', () => raw.frames.length === 4);
      raw.socket.terminate();
      await raw.closed;
      return raw.frames.slice(1).map((frame) => [...frame]);
    };
    assert.deepEqual(await stay(true), await stay(false));
  });

  it('FT5 the seat of a join that was completed here can be held, and is then neither pending nor to be released', async () => {
    const listing = await matchMaker.createRoom('guarded', {});
    const fail = (error: unknown) => assert.fail(String(error));
    const raw = await rawJoin(server.origin, await matchMaker.reserveSeatFor(listing, {}));
    const client = room.clients.at(-1) as Client;
    await assert.rejects(async () => room.allowReconnection(client, 5));
    completeJoin(room, client);
    raw.socket.terminate();
    await until('they are gone', () => room.clients.length === 0);
    const held = room.allowReconnection(client, 5);
    assert.equal(room.hasReservedSeat(client.sessionId, client.reconnectionToken), true);
    assert.deepEqual([...pendingReservations(room)], []);
    assert.equal(releaseReservation(room, client.sessionId, fail), false);
    assert.equal(reserveAtOnce(room, { sessionId: client.sessionId }, fail), false);
    held.reject();
    await assert.rejects(async () => held);
  });

  it('FT5 whoever is seated at once leaves the same room behind as by a reservation', async () => {
    const listing = await matchMaker.createRoom('guarded', {});
    const fail = (error: unknown) => assert.fail(String(error));
    const claims = { sessionId: 'session-of-a-fan-3' };
    assert.equal(reserveAtOnce(room, claims, fail), true);
    assert.deepEqual([...pendingReservations(room)], [[claims.sessionId, claims]]);
    assert.equal(reserveAtOnce(room, claims, fail), true);
    const clients = async () => (await matchMaker.query({ roomId: room.roomId }))[0]?.clients;
    assert.equal(await clients(), 1);
    const seat = await matchMaker.reserveSeatFor(listing, {}, { sessionId: 'another' });
    const { sessionId } = claims;
    const joined = await server.client().consumeSeatReservation({ ...seat, sessionId }, Counter);
    assert.equal(room.clients.length, 1);
    await joined.leave();
    await until('the seat is free again', () => room.clients.length === 0);
    assert.equal(await clients(), 1);
    await room.disconnect();
    assert.equal(reserveAtOnce(room, { sessionId: 'too-late' }, fail), false);
  });

  it('SE9 the stock routes create and join nothing once they are closed', async () => {
    const exposed = matchMaker.controller.exposedMethods;
    try {
      // As Colyseus ships it: another suite of this process may have closed them already.
      matchMaker.controller.exposedMethods = ['joinOrCreate', 'create', 'join', 'joinById', 'reconnect'];
      await matchMaker.createRoom('guarded', {});
      assert.ok(await server.client().joinOrCreate('guarded'));
      closeStockMatchmaking();
      await assert.rejects(server.client().joinOrCreate('guarded'));
      await assert.rejects(server.client().create('guarded'));
      await assert.rejects(server.client().joinById(room.roomId));
    } finally {
      matchMaker.controller.exposedMethods = exposed;
    }
  });

  it('SE51 keeps what Colyseus imports of PM2 from measuring every socket', () => {
    const begun = (first: string) => {
      const script = `
        import { createRequire } from 'node:module';
        import { LocalDriver, LocalPresence, matchMaker } from '@colyseus/core';
        import { keepPm2IoQuiet } from './rooms/colyseus-private.ts';
        ${first}
        await matchMaker.setup(new LocalPresence(), new LocalDriver());
        const io = createRequire(import.meta.resolve('@colyseus/core'))('@pm2/io');
        console.log(io.initialized === true);
        process.exit();`;
      return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim();
    };
    assert.equal(begun(''), 'true', 'as Colyseus ships it');
    assert.equal(begun('keepPm2IoQuiet();'), 'false');
  });
});
