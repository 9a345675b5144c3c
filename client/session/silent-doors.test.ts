import assert from 'node:assert/strict';
import { atDoors, DEAD, inLine, type Said, SILENT } from '../../tests/support/scripted-doors.ts';

describe('doors that keep silent', () => {
  it('PS20 asks two doors that keep silent, and then waits, twice as long each time, before it goes on to the next', async () => {
    const { clock, session, visits } = atDoors([SILENT, SILENT, SILENT, SILENT, SILENT, inLine(1), inLine(1)], {
      doors: ['http://one', 'http://two', 'http://three'],
    });
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(62_000);
    assert.deepEqual(visits(), [
      ['one', 0],
      ['three', 8_000],
      // Half of ten seconds, half of twenty.
      ['two', 21_000],
      ['one', 29_000],
      ['three', 47_000],
      ['two', 55_000],
      // In line it stays with the door that answered.
      ['two', 59_000],
    ]);
    session.leave();
    await entered;
  });

  it('PS20 takes one silent door among others that answer for one that is gone', async () => {
    const busy = { status: 503, body: { code: 'unavailable', message: 'busy' } };
    const { clock, session, asked } = atDoors([SILENT, busy, inLine(1)], { doors: ['http://one', 'http://two'] });
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(8_600);
    assert.equal(asked.length, 3);
    assert.equal(session.phase.value.kind, 'in-line');
    session.leave();
    await entered;
  });

  it('PS20 counts only those in a row, and only doors that were named', async () => {
    const stranger = { status: 404, body: 'nothing here' };
    const summary = { doors: ['http://one', 'http://two', 'http://three'] };
    const { clock, session, visits } = atDoors([SILENT, DEAD, stranger, SILENT, SILENT, inLine(1)], summary);
    await session.load();
    summary.doors = ['http://one', 'http://two'];
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(40_000);
    assert.deepEqual(visits().slice(0, 6), [
      ['one', 0],
      ['two', 8_000],
      ['three', 8_000],
      // Half of ten seconds: what nobody knows answered, and that is no answer.
      ['one', 13_000],
      ['two', 21_000],
      ['three', 39_000],
    ]);
    session.leave();
    await entered;
  });

  it('PS20 goes on when one that is silent is followed by one that is not there, and stops behind two that are silent, whatever one before said', async () => {
    const busy = { status: 503, body: { code: 'unavailable', message: 'busy' } };
    const doors = ['http://one', 'http://two', 'http://three', 'http://four'];
    const { clock, session, asked } = atDoors([SILENT, DEAD, SILENT, inLine(1, 80_000), busy, SILENT, SILENT, inLine(1)], {
      doors,
    });
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(16_100);
    assert.deepEqual([asked.length, session.phase.value.kind], [4, 'in-line']);
    // Told 80 s; a busy door, two silent ones, and half of ten seconds.
    await clock.advance(80_000 + 16_000 + 5_000 - 200);
    assert.equal(asked.length, 7);
    await clock.advance(200);
    assert.equal(asked.length, 8);
    session.leave();
    await entered;
  });

  it('AD13 goes on to the next door when too many ask this one', async () => {
    const crowded = { status: 429, body: { code: 'rate_limited', message: 'too many', retryInMs: 10_000 } };
    const { clock, session, visits } = atDoors([crowded, inLine(1)], { doors: ['http://one', 'http://two'] });
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(11_000);
    assert.deepEqual(visits(), [
      ['one', 0],
      ['two', 10_500],
    ]);
    session.leave();
    await entered;
  });

  it('PS20 begins anew when doors fail in another way', async () => {
    const busy = { status: 503, body: { code: 'unavailable', message: 'busy' } };
    const { clock, session, visits } = atDoors([busy, busy, busy, SILENT, inLine(1)]);
    const entered = session.enter('Ada');
    await clock.advance(20_000);
    assert.deepEqual(
      visits().map(([, afterMs]) => afterMs),
      [0, 500, 1_500, 3_500, 16_500],
    );
    session.leave();
    await entered;
  });

  it('PS20 goes back to the doors before, in line, when its turn is far off', async () => {
    const { clock, session, visits } = atDoors([SILENT, inLine(900, 90_000), inLine(9), inLine(5), inLine(1)], {
      doors: ['http://one', 'http://two', 'http://three'],
    });
    await session.load();
    const entered = session.enter('Ada');
    await clock.advance(104_000);
    assert.deepEqual(
      visits().map(([host]) => host),
      ['one', 'three', 'one', 'one'],
    );
    session.leave();
    await entered;
  });

  it('PS20 sleeps for less than what a place in line outlives', async () => {
    const silent = Array.from({ length: 12 }, (): Said => SILENT);
    const { clock, session, asked } = atDoors([inLine(9, 10_000), ...silent]);
    const entered = session.enter('Ada');
    await clock.advance(140_000);
    const gaps = asked.slice(2).map(({ atMs }, index) => atMs - (asked[index + 1]?.atMs ?? 0));
    // A silent door of 8 s, and half of ten seconds, of twenty, of thirty.
    assert.deepEqual(gaps.slice(0, 4), [13_000, 18_000, 23_000, 23_000]);
    assert.ok(asked.every(({ body }, index) => index === 0 || body['lineToken'] === 'token-9'));
    session.leave();
    await entered;
  });
});
