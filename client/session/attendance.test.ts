import assert from 'node:assert/strict';
import { PartyError } from '../../core/errors.ts';
import { PROTOCOL_VERSION } from '../../schemas/protocol.ts';
import { atDoors, DEAD, inLine } from '../../tests/support/scripted-doors.ts';
import type { SessionPhase } from './types.ts';

describe('the way to a seat', () => {
  it('PS2 shows the place in line and asks again with the token after the named time', async () => {
    const { clock, session, asked, phases } = atDoors([inLine(12), inLine(5)]);
    const entered = session.enter('Ada');
    await clock.advance(20_000);
    await entered;
    assert.deepEqual(
      phases.filter(({ kind }) => kind === 'in-line').map((phase) => (phase as { place: number }).place),
      [12, 5],
    );
    assert.deepEqual(
      asked.map(({ body }) => body['lineToken']),
      [undefined, 'token-12', 'token-5'],
    );
    assert.equal((asked[1]?.atMs ?? 0) - (asked[0]?.atMs ?? 0), 4_000, 'in the middle of the jitter');
  });

  it('PS3 ends closed when doors say banned, and tells why', async () => {
    const { clock, session } = atDoors([{ status: 403, body: { code: 'banned', message: 'spam', retryInMs: 60_000 } }]);
    const entered = session.enter('Ada');
    await clock.advance(10);
    await entered;
    const phase = session.phase.value as SessionPhase & { kind: 'closed' };
    assert.deepEqual([phase.kind, phase.why, phase.code, phase.message], ['closed', 'banned', 'banned', 'spam']);
    assert.equal(phase.untilMs, clock.nowMs() + 60_000 - 10);
  });

  it('PS3 hands a bad name back, and lets the fan try another', async () => {
    const { clock, session } = atDoors([{ status: 400, body: { code: 'bad_name', message: 'taken' } }]);
    const entered = assert.rejects(session.enter('Band'), (error) => error instanceof PartyError && error.code === 'bad_name');
    await clock.advance(10);
    await entered;
    assert.equal(session.phase.value.kind, 'idle');
  });

  it('PS3 waits for the doors to open and then asks, a little spread', async () => {
    const doorsAtMs = 1_000_000 + 3_600_000;
    const soon = { code: 'doors_closed', message: 'soon', retryInMs: 3_600_000 };
    const { clock, session, asked, phases, looks } = atDoors([{ status: 403, body: soon }], { doorsAtMs, state: 'before' });
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(3_599_000);
    assert.deepEqual(session.phase.value, { kind: 'before-doors', doorsAtMs });
    assert.equal(asked.length, 1);
    assert.equal(looks(), 1 + 19, 'it looks again every few minutes');
    await clock.advance(5_000);
    await entered;
    assert.equal(asked[1]?.atMs, doorsAtMs + 1_000, 'half of the spread');
    assert.ok(phases.some(({ kind }) => kind === 'joining'));
  });

  it('PS3 keeps asking at doors that a host closed, and says so', async () => {
    const shut = { status: 403, body: { code: 'doors_closed', message: 'closed', retryInMs: 20_000 } };
    const { clock, session, asked, phases } = atDoors([shut, shut, inLine(1)]);
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(10);
    assert.deepEqual(session.phase.value, { kind: 'doors-closed', retryAtMs: 1_020_500 });
    await clock.advance(60_000);
    await entered;
    assert.equal(asked.length, 4);
    assert.deepEqual(
      phases.map(({ kind }) => kind),
      ['idle', 'joining', 'joining', 'doors-closed', 'doors-closed', 'in-line', 'closed'],
      'and nothing in between while it asks',
    );
  });

  it('PS16 takes what is left until doors from the doors, whose clock counts', async () => {
    const summary = { doorsAtMs: 1_000_000, state: 'before' };
    const left = { code: 'doors_closed', message: 'soon', retryInMs: 700 };
    const { clock, session, asked } = atDoors([{ status: 403, body: left }], summary);
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(10);
    assert.deepEqual(session.phase.value, { kind: 'before-doors', doorsAtMs: 1_000_700 });
    await clock.advance(5_000);
    await entered;
    assert.equal(asked[1]?.atMs, 1_001_700, 'half of the spread after the moment');
  });

  it('PS16 sees another hour when the page wakes', async () => {
    const summary = { doorsAtMs: 8_000_000, state: 'before' };
    const left = { code: 'doors_closed', message: 'soon', retryInMs: 7_000_000 };
    const { clock, session, asked, wake } = atDoors([{ status: 403, body: left }], summary);
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(10_000);
    summary.doorsAtMs = 1_030_000;
    wake();
    await clock.advance(10);
    assert.deepEqual(session.phase.value, { kind: 'before-doors', doorsAtMs: 1_030_000 });
    await clock.advance(30_000);
    await entered;
    assert.equal(asked[1]?.atMs, 1_031_000);
  });

  it('PS17 says when nobody has answered for some time, keeps asking, and asks at once when the page wakes', async () => {
    const { clock, session, asked, phases, wake } = atDoors([DEAD, DEAD, DEAD, DEAD, inLine(1)]);
    const entered = session.enter('Ada');
    await clock.advance(2_000);
    const silent = phases.map((phase) => phase.kind === 'joining' && phase.isSilent);
    assert.deepEqual([silent.includes(true), asked.length], [true, 3]);
    wake();
    await clock.advance(10);
    assert.equal(asked.length, 4);
    await clock.advance(4_100);
    assert.equal(session.phase.value.kind, 'in-line');
    session.leave();
    await entered;
  });

  it('PS1 passes over an origin that does not answer, and one that is too busy, from a door of its own on', async () => {
    const busy = { status: 503, body: { code: 'unavailable', message: 'busy' } };
    const { clock, session, visits } = atDoors([DEAD, busy, inLine(1)], { doors: ['http://one', 'http://two', 'http://three'] });
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(100);
    assert.deepEqual(
      visits().map(([host]) => host),
      ['one', 'three', 'two'],
    );
    assert.equal(session.phase.value.kind, 'in-line');
    session.leave();
    await entered;
    assert.equal(session.phase.value.kind, 'closed');
  });

  it('PS19 asks doors that are not named any more, and does not take their word for a refusal', async () => {
    const summary = { doors: ['http://two', 'http://three'] };
    const stranger = { status: 404, body: 'nothing here' };
    const { clock, session, visits } = atDoors([DEAD, DEAD, stranger, DEAD, DEAD, inLine(1)], summary);
    await session.load();
    summary.doors = ['http://two'];
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(2_000);
    const hosts = visits().map(([host]) => host);
    assert.deepEqual(hosts, ['one', 'two', 'three', 'one', 'two', 'three']);
    assert.equal(session.phase.value.kind, 'in-line', 'a place in line is a place in line');
    session.leave();
    await entered;
  });

  it('PS1 asks all of them again, later, when none answers', async () => {
    const { clock, session, asked } = atDoors([DEAD, DEAD, inLine(1)]);
    const entered = session.enter('Ada');
    await clock.advance(10_000);
    assert.equal(asked.length, 4);
    await entered;
    assert.equal((asked[1]?.atMs ?? 0) - (asked[0]?.atMs ?? 0), 500, 'half of the first second');
  });

  it('PS7 reloads a page of another version once, and then says so', async () => {
    const { clock, session, reloads } = atDoors([], { protocol: PROTOCOL_VERSION + 1 });
    await session.load();
    await session.load();
    await clock.advance(10);
    assert.equal(reloads(), 1);
    assert.equal(session.phase.value.kind, 'closed');
  });

  it('PS2 stops asking once the fan has left', async () => {
    const { clock, session, asked } = atDoors([inLine(3), inLine(2)]);
    const entered = session.enter('Ada');
    await clock.advance(100);
    session.leave();
    await entered;
    await clock.advance(60_000);
    assert.equal(asked.length, 1);
  });
});
