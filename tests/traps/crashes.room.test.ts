import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { PartyError } from '../../core/errors.ts';
import type { Seat } from '../support/colyseus-server.ts';
import { HOST, Party } from '../support/party.ts';
import { type RawClient, rawJoin } from '../support/raw-client.ts';
import { until } from '../support/until.ts';

/** `ROOM_DATA` with a type and no payload. */
function message(type: string): Uint8Array {
  return Uint8Array.of(13, 0xa0 | type.length, ...new TextEncoder().encode(type));
}

describe('what ends a stock process', () => {
  let child: ChildProcess;
  let ended: Promise<unknown[]>;
  let origin: string;
  let seats: Seat[];

  beforeEach(async () => {
    const path = new URL('./crash-stock.ts', import.meta.url).pathname;
    child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'ignore'] });
    ended = once(child, 'exit');
    const [line] = (await once(child.stdout as Readable, 'data')) as [Buffer];
    const started = JSON.parse(line.toString()) as { port: number; seats: Seat[] };
    origin = `http://127.0.0.1:${started.port}`;
    seats = started.seats;
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await ended;
  });

  it('SE5 a handler that throws', async () => {
    const client = await rawJoin(origin, seats[0] as Seat);
    client.acknowledge();
    client.socket.send(message('boom'));
    assert.equal((await ended)[0], 1);
  });

  it('SE6 a client that drops before it acknowledged its join', async () => {
    const client = await rawJoin(origin, seats[1] as Seat);
    client.socket.terminate();
    assert.equal((await ended)[0], 1);
  });
});

describe('what our rooms outlive', () => {
  let party: Party;
  beforeEach(async () => {
    party = await Party.start();
  });
  afterEach(() => party.stop());

  async function raw(name: string): Promise<RawClient> {
    const client = await rawJoin(party.server.origin, await party.seat(party.claims(name)));
    client.acknowledge();
    return client;
  }

  it('SE5 a handler that throws refuses its request with `internal`, and is counted', async () => {
    const ann = await party.fan('Ann');
    party.stores.journal.appendLine = () => Promise.reject(new Error('the disk is on fire'));
    await assert.rejects(ann.ask('chat', { key: 'k1', text: 'hello' }), (error: { reason?: unknown }) => {
      assert.deepEqual(error.reason, { code: 'internal', message: 'Something went wrong on our side.' });
      return true;
    });
    assert.ok(party.metrics.calls.some(([name, where]) => name === 'handlerError' && where === 'section.chat'));
    assert.equal(await ann.codeOf('clock', { t0: 1 }), 'accepted');
  });

  it('SE5 a store that is late is refused with a code of the catalogue, and a moment to try again', async () => {
    const [ann, host] = await Promise.all([party.fan('Ann'), party.staff(HOST)]);
    const late = () => Promise.reject(new PartyError('unavailable', 'The journal did not answer in time.', 1_000));
    Object.assign(party.stores.journal, { appendLine: late, findCommandByKey: late, history: late });
    const asked = [
      ann.ask('chat', { key: 'k1', text: 'hello' }),
      host.ask('pause', { key: 'k1' }),
      host.ask('history', { limit: 1 }),
    ];
    for (const request of asked) {
      await assert.rejects(request, ({ reason }: { reason?: { code: string; retryInMs: number } }) => {
        assert.deepEqual([reason?.code, reason?.retryInMs], ['stage_unavailable', 1_000]);
        return true;
      });
    }
  });

  it('SE6 clients that drop before they acknowledged their join leave an unharmed section', async () => {
    const clients = await Promise.all(
      ['Ann', 'Bob'].map(async (name) => rawJoin(party.server.origin, await party.seat(party.claims(name)))),
    );
    for (const { socket } of clients) socket.terminate();
    const cleo = await party.fan('Cleo');
    await until('only Cleo is counted', () => cleo.state.audience.section === 1);
    assert.equal(await cleo.codeOf('chat', { key: 'k1', text: 'still here' }), 'accepted');
  });

  it('SE7 unknown, malformed and forged frames neither disconnect nor harm', async () => {
    const ann = await raw('Ann');
    const frames = [
      message('unknown'),
      message('constructor'),
      Uint8Array.of(13),
      Uint8Array.of(),
      Uint8Array.of(21),
      Uint8Array.of(21, 1, 0xdb, 255, 255, 255, 255),
      Uint8Array.of(17, 0xa1, 0x61, 1, 2, 3),
      Uint8Array.of(19, 1, 2),
      Uint8Array.of(20, 200, 1),
      Uint8Array.of(21, 1, 0xa4, ...new TextEncoder().encode('chat'), 0xc1, 0xff),
      Uint8Array.of(255, 255, 255),
    ];
    for (const frame of frames) ann.socket.send(frame);
    const bob = await party.fan('Bob');
    assert.equal(await bob.codeOf('chat', { key: 'k1', text: 'hello' }), 'accepted');
    assert.equal(ann.socket.readyState, ann.socket.OPEN);
  });

  it('SE7 an unknown request is refused by its code, on the stage as in a section', async () => {
    const ann = await party.fan('Ann');
    const host = await party.staff(HOST);
    for (const guest of [ann, host]) {
      assert.equal(await guest.codeOf('constructor'), 'unknown_request');
      assert.equal(await guest.codeOf('shutdown', { now: true }), 'unknown_request');
    }
    assert.equal(await ann.codeOf('pause'), 'unknown_request');
  });

  it('SE7 a bad payload is refused and keeps the connection', async () => {
    const ann = await party.fan('Ann');
    for (const payload of [
      undefined,
      null,
      7,
      'text',
      [],
      { text: 'hi' },
      { key: 'k', text: 5 },
      { key: 'k', text: 'hi', more: 1 },
    ]) {
      assert.equal(await ann.codeOf('chat', payload as object), 'bad_payload');
    }
    assert.equal(await ann.codeOf('chat', { key: 'k1', text: 'hello' }), 'accepted');
  });

  it('SE7 a payload that cannot be read is refused by its code, as is a name, and says nothing on the console', async () => {
    const { error } = console;
    const printed: unknown[] = [];
    console.error = (...said: unknown[]) => void printed.push(said);
    try {
      const ann = await raw('Ann');
      const request = [21, 1, 0xa4, ...new TextEncoder().encode('chat')];
      for (const payload of [[0xc1], [0x82, 0xa1], [0xd4, 0x72, 0x40], [...new Uint8Array(3_000).fill(0x91)]]) {
        ann.frames.length = 0;
        ann.socket.send(Uint8Array.from([...request, ...payload]));
        await until('it is refused', () => ann.frames.some((frame) => Buffer.from(frame).includes('bad_payload')));
      }
      for (const name of [
        [0xa4, 0xff, 0xfe, 0xab, 0xc3],
        [0xa9, 0x63, 0x68],
        [0xd9, 0x04, 0xed, 0xa0, 0x80, 0xff],
        [0xdb, 0, 0, 0, 1, 0xff],
      ]) {
        ann.frames.length = 0;
        ann.socket.send(Uint8Array.from([21, 1, ...name]));
        await until('it is refused', () => ann.frames.some((frame) => Buffer.from(frame).includes('unknown_request')));
      }
      assert.deepEqual(printed, []);
    } finally {
      console.error = error;
    }
  });

  it('SE8 a connection that asks too much is told so, and nobody else waits', async () => {
    const [ann, bob] = await Promise.all([party.fan('Ann'), party.fan('Bob')]);
    const codes = await Promise.all(Array.from({ length: 90 }, () => ann.codeOf('clock', { t0: 1 })));
    assert.ok(codes.includes('rate_limited'));
    assert.deepEqual(new Set(codes.slice(0, 60)), new Set(['accepted']));
    assert.equal(await bob.codeOf('clock', { t0: 1 }), 'accepted');
    assert.equal(ann.closeCode, undefined);
  });
});
