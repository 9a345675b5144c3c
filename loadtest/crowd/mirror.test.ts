import assert from 'node:assert/strict';
import { Encoder } from '@colyseus/schema';
import fc from 'fast-check';
import { seeded } from '../../core/seeded.ts';
import { LineRing } from '../../rooms/line-ring.ts';
import { LineId } from '../../schemas/ids.ts';
import { CueState, SectionState } from '../../schemas/section-state.ts';
import { lineText } from './line-text.ts';
import { SectionMirror } from './mirror.ts';
import type { Follower, Position } from './position.ts';
import type { Facts } from './section-facts.ts';

const STATE = 14;
const PATCH = 15;

/** A section's state and the frames that it leaves as. */
function section() {
  const state = new SectionState();
  LineRing.install(state.lines);
  const ring = new LineRing();
  const encoder = new Encoder(state);
  let said = 0;
  encoder.encodeAll();
  encoder.discardChanges();
  return {
    state,
    whole: () => Buffer.concat([Buffer.of(STATE), encoder.encodeAll()]),
    patch(change: () => void): Buffer {
      change();
      ring.project(state.lines);
      const patch = Buffer.concat([Buffer.of(PATCH), encoder.encode()]);
      encoder.discardChanges();
      return patch;
    },
    say(
      text = lineText({ run: 'r', fan: 1, number: said, intendedAtMs: 1_000 + said }),
      id = `lin_${String(said++).padStart(16, '0')}`,
    ) {
      const author = { fanId: 'fan_abcdefghijkl', name: 'Ada', role: 'fan', atMs: 1_000, replyTo: '' } as never as object;
      ring.push([{ line: { ...author, id: LineId.parse(id), text } as never, lane: 'event' }]);
    },
  };
}

class Fan implements Follower {
  isFollowing = false;
  sinceMs = 0;
  at = -1;
  whole: Follower['whole'] = null;
  held: Buffer[] | null = null;
  readonly had: Facts[] = [];
  has(facts: Facts): void {
    this.had.push(facts);
  }
  clockErrorMs(): number {
    return 0;
  }
  get ids(): string[] {
    return this.had.flatMap(({ lines }) => lines.map(({ id }) => id));
  }
}

function watched() {
  const counted = new Map<Position, number>();
  const found = { wrong: 0, settled: 0, delivered: () => [...counted.values()].reduce((so, fans) => so + fans, 0) };
  const mirror = new SectionMirror({
    wrong: (frames) => void (found.wrong += frames),
    settled: () => void found.settled++,
    count: (position) => {
      const fans = position.settled?.arrivals.splice(0).reduce((sum, arrival) => sum + arrival.fans, 0) ?? 0;
      if (fans > 0) counted.set(position, (counted.get(position) ?? 0) + fans);
    },
  });
  return { mirror, found };
}

describe('mirrors', () => {
  const audience = 3;

  /** Fans that sit from the start, and a way to send each of them a frame. */
  function seated(count: number) {
    const room = section();
    const { mirror, found } = watched();
    const fans = Array.from({ length: count }, () => new Fan());
    let nowMs = 0;
    const give = (fan: Fan, frame: Buffer) => mirror.patch(fan, frame, 0, frame.length, nowMs++);
    const sit = (fan: Fan, frame = room.whole()) => mirror.whole(fan, frame, 0, frame.length, nowMs++);
    const beat = (change: () => void = () => room.say(), to: readonly Fan[] = fans) => {
      const patch = room.patch(change);
      for (const fan of to) give(fan, patch);
      return patch;
    };
    for (const fan of fans) sit(fan);
    return { room, mirror, found, fans, give, sit, beat, tick: (ms: number) => mirror.tick((nowMs += ms)) };
  }

  it('CW4 finds nothing wrong in what a section sends, and follows its state', () => {
    const { room, mirror, found, fans, beat, tick } = seated(audience);
    for (let n = 0; n < 200; n++) {
      beat();
      if (n % 20 === 0) tick(1_000);
    }
    tick(1_000);
    assert.deepEqual([found.wrong, found.delivered()], [0, 200 * audience]);
    assert.deepEqual(mirror.state.toJSON(), room.state.toJSON());
    for (const { ids } of fans) assert.equal(new Set(ids).size, 200);
  });

  it('CW8 counts no patch as delivered that a newcomer is caught up with, and each that comes afterwards', () => {
    const { room, found, fans, give, sit, beat, tick } = seated(audience);
    const state = room.whole();
    const before = Array.from({ length: 5 }, () => beat());
    const late = new Fan();
    sit(late, state);
    for (const patch of before) give(late, patch);
    tick(1_000);
    assert.deepEqual([found.wrong, found.delivered(), late.ids.length], [0, 5 * audience, 5]);
    beat(() => room.say(), [...fans, late]);
    tick(1_000);
    assert.equal(found.delivered(), 6 * audience + 1);
  });

  it('CW8 counts late what comes late to a fan who begins anew with a state', () => {
    const { room, found, fans, give, sit, beat, tick } = seated(audience);
    const [slow = new Fan(), ...others] = fans;
    const state = room.whole();
    const before = Array.from({ length: 5 }, () => beat(() => room.say(), others));
    sit(slow, state);
    for (const patch of before) give(slow, patch);
    tick(1_000);
    assert.deepEqual([found.wrong, found.delivered()], [0, 5 * audience]);
  });

  it('CW4 counts one altered frame as one, whoever has it first', () => {
    for (const victim of [0, 1, 2]) {
      const { room, found, fans, give, beat } = seated(audience);
      beat();
      const patch = room.patch(() => room.say());
      const altered = Buffer.from(patch);
      altered[altered.length - 20] = (altered[altered.length - 20] as number) ^ 1;
      fans.forEach((fan, n) => give(fan, n === victim ? altered : patch));
      beat();
      beat();
      assert.equal(found.wrong, 1, `fan ${victim}`);
      for (const fan of fans) assert.deepEqual([fan.at, fan.held], [4, null]);
    }
  });

  it('CW4 counts one missing frame as one, and three as three', () => {
    for (const missing of [1, 3]) {
      for (const victim of [0, 2]) {
        const { found, fans, beat } = seated(audience);
        beat();
        const others = fans.filter((_, n) => n !== victim);
        for (let n = 0; n < missing; n++) beat(undefined, others);
        beat();
        beat();
        assert.equal(found.wrong, missing, `fan ${victim}`);
        assert.equal(fans[victim]?.at, missing + 3);
      }
    }
  });

  it('CW4 counts a frame that came twice as one', () => {
    const { found, fans, give, beat } = seated(audience);
    give(fans[1] as Fan, beat());
    beat();
    beat();
    assert.equal(found.wrong, 1);
  });

  it('CW4 counts what can be told only at the end when the fan goes', () => {
    const { mirror, found, fans, give, beat } = seated(audience);
    beat();
    give(fans[0] as Fan, Buffer.of(PATCH, 1, 2, 3));
    beat(undefined, fans.slice(1));
    for (const fan of fans) mirror.leave(fan);
    assert.equal(found.wrong, 1);
  });

  it('CW5 places whoever joins ahead of the others, behind them, or between two equal states', () => {
    const { room, found, fans, sit, give, beat } = seated(audience);
    const [early, ahead, between] = [new Fan(), new Fan(), new Fan()];
    const old = room.whole();
    beat();
    sit(early, old);
    assert.equal(early.at, 0);
    const patch = room.patch(() => room.say());
    sit(ahead);
    assert.equal(ahead.at, -1, 'nobody has that place yet');
    for (const fan of fans) give(fan, patch);
    assert.equal(ahead.at, 2);
    const up = room.patch(() => void (room.state.audience.event += 1));
    const down = room.patch(() => void (room.state.audience.event -= 1));
    for (const frame of [up, down]) for (const fan of [...fans, ahead]) give(fan, frame);
    sit(between);
    beat(undefined, [...fans, ahead, between]);
    assert.equal(found.wrong, 0);
    assert.equal(between.at, 5);
  });

  it('CW5 counts a whole state that the section never had as one', () => {
    const { room, found, fans, sit, beat, tick } = seated(audience);
    beat();
    const other = section();
    other.say('never said here');
    other.patch(() => undefined);
    const misled = new Fan();
    sit(misled, other.whole());
    beat(undefined, [...fans, misled]);
    tick(10_000);
    beat(undefined, [...fans, misled]);
    assert.equal(found.wrong, 1);
    assert.equal(misled.at, fans[0]?.at);
    assert.ok(room.state.lines.length > 0);
  });

  it('CW5 goes on from a later state when everybody who knew the earlier ones has left', () => {
    const { room, mirror, found, fans, sit, beat } = seated(audience);
    beat();
    room.patch(() => room.say());
    const next = new Fan();
    sit(next);
    for (const fan of fans) mirror.leave(fan);
    assert.equal(next.at, 0);
    beat(undefined, [next]);
    assert.deepEqual([found.wrong, next.at], [0, 1]);
  });

  it('CW4 tells lines that a section shows again, under the same id or another', () => {
    const { room, fans, beat } = seated(audience);
    const text = lineText({ run: 'r', fan: 9, number: 1, intendedAtMs: 5 });
    beat(() => room.say(text, 'lin_aaaaaaaaaaaaaaaa'));
    beat(() => room.say(text, 'lin_bbbbbbbbbbbbbbbb'));
    assert.deepEqual(
      fans[0]?.had.map(({ again }) => again),
      [0, 1],
    );
  });

  it('CW6 tells of a cue once, with its moment', () => {
    const { room, fans, beat } = seated(audience);
    beat(() => {
      room.state.next = new CueState();
      Object.assign(room.state.next, { revision: 3, applyAtMs: 9_000 });
    });
    beat(() => {
      Object.assign(room.state.playback, { revision: 3, anchorMs: 9_000 });
      room.state.next = undefined;
    });
    assert.deepEqual(
      fans[0]?.had.map(({ cue, revision }) => [cue?.applyAtMs ?? null, revision]),
      [
        [9_000, 3],
        [null, 3],
      ],
    );
  });

  it('CW4 counts exactly what was planted, whatever the order in which fans get their frames', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seeded(seed);
        const { room, found, fans, sit, give, tick } = seated(4);
        const queues = new Map(fans.map((fan) => [fan, [] as Buffer[]]));
        const readAll = () => {
          for (const [fan, queue] of queues) for (const frame of queue.splice(0)) give(fan, frame);
        };
        let planted = 0;
        for (let n = 0; n < 40; n++) {
          // Never the same twice: a room sends no frame when nothing has changed.
          const patch = room.patch(() =>
            random() < 0.7 ? room.say() : void (room.state.audience.event = Math.floor(random() * 3) + 3 * n),
          );
          const victim = n % 8 === 3 ? [...queues.keys()][Math.floor(random() * fans.length)] : undefined;
          for (const [fan, queue] of queues) if (fan !== victim) queue.push(patch);
          if (victim !== undefined) planted += 1;
          if (random() < 0.2) {
            const late = new Fan();
            queues.set(late, []);
            sit(late);
          }
          // Each reads as far as it likes.
          for (const [fan, queue] of queues) for (const frame of queue.splice(0, Math.floor(random() * 4))) give(fan, frame);
          // Who is alone with a frame for two seconds is believed: the others are later than anybody else by less than that.
          if (random() < 0.1) {
            readAll();
            tick(1_000);
          }
        }
        for (const patch of [room.patch(() => room.say()), room.patch(() => room.say())])
          for (const queue of queues.values()) queue.push(patch);
        readAll();
        tick(10_000);
        assert.equal(found.wrong, planted);
      }),
      { numRuns: 30 },
    );
  });
});
