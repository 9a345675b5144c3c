import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ANCHORS_AROUND_MS, playbackOf, playing, setlistOf, setlists, trackIdOf, trackOf } from '../tests/support/samples.ts';
import { inForce, playheadAt, playheadOf, reanchor, type Timeline, timelineOf, upcoming } from './timeline.ts';

/** A float at today's event time is good to about a quarter of a microsecond; times the rate, over a few steps. */
const TOLERANCE_MS = 0.01;
const spans = fc.integer({ min: 0, max: 5_000_000 });

const setlist = setlistOf(60_000, 30_000, 90_000);

function near(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= TOLERANCE_MS, `${what}: ${actual} is not ${expected}`);
}

describe('timeline', () => {
  it('TL1 plays from its position since its anchor, at its rate', () => {
    const head = playheadAt(playbackOf({ positionMs: 5_000, rate: 2 }), setlist, 11_000);
    assert.deepEqual(head, { trackId: trackIdOf(1), index: 0, positionMs: 25_000, status: 'playing', changeAtMs: 28_500 });
  });

  it('TL2 stands at its position while paused, and when ended', () => {
    for (const status of ['paused', 'ended'] as const) {
      const head = playheadAt(playbackOf({ status, positionMs: 5_000 }), setlist, 900_000);
      assert.deepEqual(head, { trackId: trackIdOf(1), index: 0, positionMs: 5_000, status, changeAtMs: null });
    }
    assert.equal(playheadAt(playbackOf({ status: 'paused', positionMs: 70_000 }), setlist, 0).positionMs, 60_000);
    assert.equal(playheadAt(playbackOf({ status: 'paused', positionMs: 70_000 }), setlistOf(null), 0).positionMs, 70_000);
  });

  it('TL3 waits at its position until a start that is scheduled for later', () => {
    const head = playheadAt(playbackOf({ positionMs: 5_000, anchorMs: 10_000 }), setlist, 9_000);
    assert.deepEqual(head, { trackId: trackIdOf(1), index: 0, positionMs: 5_000, status: 'waiting', changeAtMs: 65_000 });
  });

  it('TL4 walks on through the setlist, each track at the end of the one before', () => {
    const at = (nowMs: number) => playheadAt(playbackOf(), setlist, nowMs);
    assert.deepEqual(at(60_999.5), {
      trackId: trackIdOf(1),
      index: 0,
      positionMs: 59_999.5,
      status: 'playing',
      changeAtMs: 61_000,
    });
    assert.deepEqual(at(61_000), { trackId: trackIdOf(2), index: 1, positionMs: 0, status: 'playing', changeAtMs: 91_000 });
    assert.deepEqual(at(101_000), {
      trackId: trackIdOf(3),
      index: 2,
      positionMs: 10_000,
      status: 'playing',
      changeAtMs: 181_000,
    });
  });

  it('TL4 carries a position beyond its track over into the next', () => {
    assert.equal(playheadAt(playbackOf({ positionMs: 70_000 }), setlist, 1_000).positionMs, 10_000);
  });

  it('TL5 ends at the end of the last track and stays there', () => {
    const head = playheadAt(playbackOf(), setlist, 181_000);
    assert.deepEqual(head, { trackId: trackIdOf(3), index: 2, positionMs: 90_000, status: 'ended', changeAtMs: null });
    assert.deepEqual(playheadAt(playbackOf(), setlist, 9_000_000), head);
  });

  it('TL6 never leaves a live track', () => {
    const head = playheadAt(playbackOf(), setlistOf(60_000, null, 30_000), 1_000 + 60_000 + 86_400_000);
    assert.deepEqual(head, { trackId: trackIdOf(2), index: 1, positionMs: 86_400_000, status: 'playing', changeAtMs: null });
  });

  it('TL7 has nothing to play without a setlist, or with a track that is not on it', () => {
    const nowhere = { trackId: null, index: -1, positionMs: 0, changeAtMs: null };
    assert.deepEqual(playheadAt(playbackOf(), [], 5_000), { ...nowhere, status: 'ended' });
    assert.deepEqual(playheadAt(playbackOf({ trackId: trackIdOf(9) }), setlist, 5_000), { ...nowhere, status: 'ended' });
    assert.deepEqual(playheadAt(playbackOf({ trackId: null, status: 'paused' }), [], 5_000), { ...nowhere, status: 'paused' });
  });

  it('TL8 plays for durationMs, whatever the in and out points of the source', () => {
    const track = { ...trackOf(1), source: { kind: 'file' as const, url: '/a.mp3', startMs: 10_000, endMs: 20_000 } };
    assert.equal(playheadAt(playbackOf(), [track], 31_000).positionMs, 30_000);
    assert.equal(playheadAt(playbackOf(), [track], 1_000).changeAtMs, 61_000);
  });

  it('TL9 is never before the start nor beyond the end of a track, and never goes backwards', () => {
    fc.assert(
      fc.property(playing(), spans, spans, ({ setlist, playback }, aMs, bMs) => {
        const [earlier, later] = [Math.min(aMs, bMs), Math.max(aMs, bMs)].map((ms) =>
          playheadAt(playback, setlist, ANCHORS_AROUND_MS - 1_000_000 + ms),
        );
        assert.ok(earlier !== undefined && later !== undefined);
        for (const head of [earlier, later]) {
          assert.ok(head.positionMs >= 0);
          assert.ok(head.positionMs <= (setlist[head.index]?.durationMs ?? Number.POSITIVE_INFINITY));
        }
        assert.ok(earlier.index < later.index || (earlier.index === later.index && earlier.positionMs <= later.positionMs));
      }),
    );
  });

  it('TL10 is continuous where one track ends and the next begins', () => {
    fc.assert(
      fc.property(playing(), spans, ({ setlist, playback }, elapsedMs) => {
        const head = playheadAt(playback, setlist, playback.anchorMs + elapsedMs);
        fc.pre(head.changeAtMs !== null);
        const { changeAtMs } = head;
        const after = playheadAt(playback, setlist, changeAtMs);
        const before = playheadAt(playback, setlist, changeAtMs - 1 / 1_024);
        near(before.positionMs, setlist[head.index]?.durationMs ?? Number.NaN, 'the end of the track');
        assert.equal(before.index, head.index);
        if (head.index + 1 < setlist.length) assert.deepEqual([after.index, after.positionMs], [head.index + 1, 0]);
        else assert.equal(after.status, 'ended');
      }),
    );
  });

  it('TL11 is the same whether it walks from an old anchor or from a newer one', () => {
    fc.assert(
      fc.property(playing(), spans, spans, ({ setlist, playback }, aMs, bMs) => {
        const anchoredAtMs = playback.anchorMs - 1_000 + aMs;
        const nowMs = anchoredAtMs + bMs;
        const walked = playheadAt(playback, setlist, nowMs);
        const again = playheadAt(reanchor(playback, setlist, anchoredAtMs), setlist, nowMs);
        // Within a rounding of the boundary one may stand on either side of it: compare places along the whole setlist.
        near(distance(setlist, again), distance(setlist, walked), 'the way through the setlist');
      }),
    );
  });

  it('TL11 keeps the anchor of a start that is still to come', () => {
    const playback = playbackOf({ positionMs: 5_000, anchorMs: 10_000 });
    assert.deepEqual(reanchor(playback, setlist, 2_000), playback);
    assert.deepEqual(reanchor(playback, setlist, 70_000), {
      ...playback,
      trackId: trackIdOf(2),
      positionMs: 5_000,
      anchorMs: 70_000,
    });
  });
});

function distance(setlist: Timeline['setlist'], head: { index: number; positionMs: number }): number {
  return setlist.slice(0, head.index).reduce((sum, track) => sum + (track.durationMs ?? 0), 0) + head.positionMs;
}

describe('timeline with a cue', () => {
  const cue = { ...playbackOf({ trackId: trackIdOf(3), positionMs: 7_000, anchorMs: 20_000, revision: 1 }), applyAtMs: 20_000 };
  const timeline: Timeline = { playback: playbackOf(), next: cue, setlist, nextSetlist: null };

  it('CU1 holds what plays until applyAtMs, and the cue from that very moment', () => {
    assert.deepEqual(inForce(timeline, 19_999.9), { playback: timeline.playback, setlist });
    assert.deepEqual(inForce(timeline, 20_000), { playback: cue, setlist });
    assert.equal(playheadOf(timeline, 19_999).index, 0);
    assert.equal(playheadOf(timeline, 21_000).positionMs, 8_000);
  });

  it('CU2 brings its own setlist into force, and not before', () => {
    const nextSetlist = [trackOf(3, 90_000)];
    const edited = { ...timeline, nextSetlist };
    assert.equal(inForce(edited, 19_999).setlist, setlist);
    assert.equal(inForce(edited, 20_000).setlist, nextSetlist);
  });

  it('CU2 reads the setlist of a cue from the cue itself', () => {
    const nextSetlist = [trackOf(3)];
    const held = { playback: playbackOf(), next: { ...cue, setlist: nextSetlist }, setlist };
    assert.equal(timelineOf(held).nextSetlist, nextSetlist);
    assert.equal(timelineOf({ ...held, next: null }).nextSetlist, null);
  });

  const startOf = (over: Partial<Timeline>, nowMs: number) => {
    const next = upcoming({ ...timeline, ...over }, nowMs);
    return next === null ? null : [next.track.id, next.index, next.positionMs, next.startsAtMs];
  };

  it('TL12 names the following track and the moment it starts', () => {
    assert.deepEqual(startOf({ next: null }, 10_000), [trackIdOf(2), 1, 0, 61_000]);
    assert.equal(startOf({ next: null }, 100_000), null, 'behind the last track');
    assert.equal(startOf({ next: null, setlist: [] }, 10_000), null, 'without a setlist');
    assert.equal(startOf({ next: null, playback: playbackOf({ status: 'ended' }) }, 10_000), null, 'after the end');
  });

  it('TL12 leaves the moment open while only a host can bring it', () => {
    assert.deepEqual(startOf({ next: null, playback: playbackOf({ status: 'paused' }) }, 10_000), [trackIdOf(2), 1, 0, null]);
    assert.deepEqual(startOf({ next: null, setlist: setlistOf(null, 5_000) }, 10_000), [trackIdOf(2), 1, 0, null]);
  });

  it('TL13 names the track that a pending cue brings, with its position', () => {
    assert.deepEqual(startOf({}, 10_000), [trackIdOf(3), 2, 7_000, 20_000]);
    const nextSetlist = [trackOf(8), trackOf(3, 90_000)];
    assert.deepEqual(startOf({ nextSetlist }, 10_000), [trackIdOf(3), 1, 7_000, 20_000]);
  });

  it('TL13 looks beyond a cue that stays in the track, and before one that comes later', () => {
    const seek = { ...cue, trackId: trackIdOf(1) };
    assert.deepEqual(startOf({ next: seek }, 10_000), [trackIdOf(2), 1, 0, 73_000]);
    const late = { ...cue, applyAtMs: 80_000, anchorMs: 80_000 };
    assert.deepEqual(startOf({ next: late }, 10_000), [trackIdOf(2), 1, 0, 61_000]);
    assert.deepEqual(startOf({ next: late, setlist: setlistOf(30_000), nextSetlist: setlist }, 10_000), [
      trackIdOf(3),
      2,
      7_000,
      80_000,
    ]);
    assert.equal(startOf({ next: { ...cue, status: 'ended' } }, 10_000), null);
    assert.equal(startOf({ next: cue }, 20_000), null, 'a cue that is in force is no longer to come');
  });

  it('TL14 starts what it announced: the track and position are those of the playhead at that moment', () => {
    const cued = fc.record({ index: fc.nat(5), positionMs: fc.nat(600_000), afterMs: fc.nat(300_000) });
    fc.assert(
      fc.property(
        playing(),
        fc.option(cued, { nil: null }),
        setlists({ minLength: 1 }),
        spans,
        (held, cue, nextSetlist, elapsedMs) => {
          const nowMs = held.playback.anchorMs + elapsedMs;
          const applyAtMs = nowMs + (cue?.afterMs ?? 0);
          const trackId = nextSetlist[(cue?.index ?? 0) % nextSetlist.length]?.id ?? null;
          const next =
            cue === null
              ? null
              : { ...held.playback, trackId, positionMs: cue.positionMs, anchorMs: applyAtMs, revision: 2_000, applyAtMs };
          const timeline: Timeline = { ...held, next, nextSetlist };
          const announced = upcoming(timeline, nowMs);
          fc.pre(announced !== null && announced.startsAtMs !== null);
          const head = playheadOf(timeline, announced.startsAtMs);
          assert.deepEqual(
            [head.trackId, head.index, head.positionMs],
            [announced.track.id, announced.index, announced.positionMs],
          );
        },
      ),
    );
  });
});
