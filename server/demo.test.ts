import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { EventStore, PartyEvent, StageStore } from '../rooms/ports.ts';
import { Track } from '../schemas/playback.ts';
import { setlistOf, stageOf } from '../tests/support/samples.ts';
import { bookDemo } from './demo.ts';
import { firstWhenOver } from './demo-host.ts';

const track = (n: number, art: string) =>
  Track.parse({
    id: `trk_${String(n).padStart(12, '0')}`,
    title: `Track ${n}`,
    source: { kind: 'file', url: `/media/${n}.mp3` },
    art,
    durationMs: 1_000,
  });

/** Books the demo with these covers, over what was booked before; resolves with its poster. */
async function posterOf(covers: readonly string[], before?: string): Promise<string> {
  let booked: PartyEvent | null = null;
  const events = {
    eventBySlug: async () => booked,
    saveEvent: async (event: PartyEvent) => {
      booked = event;
      return event;
    },
  } as unknown as EventStore;
  const stageStore = { load: async () => null } as unknown as StageStore;
  const book = (setlist: readonly Track[]) =>
    bookDemo(
      { events, stageStore, eventNowMs: () => 0, newId: (length) => 'a'.repeat(length) },
      { title: 'Night', artist: 'Ada', setlist },
    );
  if (before !== undefined) {
    const first = await book([]);
    booked = { ...first, theme: { ...first.theme, backdrop: before } };
  }
  return (await book(covers.map((art, n) => track(n, art)))).theme.backdrop;
}

describe('the demo', () => {
  it('HT21 has the first cover of its setlist on its poster', async () => {
    assert.equal(await posterOf(['', '/media/b.jpg', '/media/c.jpg']), '/media/b.jpg');
    assert.equal(await posterOf(['/media/new.jpg'], '/media/old.jpg'), '/media/new.jpg');
  });

  it('HT21 has a drawn poster without covers, and keeps a picture that it was given', async () => {
    assert.equal(await posterOf(['', '']), '');
    assert.equal(await posterOf([''], '/media/old.jpg'), '');
    assert.equal(await posterOf(['/media/new.jpg'], 'https://band.example/poster.jpg'), 'https://band.example/poster.jpg');
  });

  it('HT21 played through, it starts again, by one cue, however long that takes to come into force', () => {
    const setlist = setlistOf(60_000, 60_000);
    const [first] = setlist;
    const snapshot = stageOf(setlist, { nowMs: 0 });
    const { playback } = snapshot;
    assert.equal(firstWhenOver({ snapshot }, 119_000), undefined, 'it plays');
    assert.equal(firstWhenOver({ snapshot }, 120_000), first?.id);
    assert.equal(firstWhenOver({ snapshot: { ...snapshot, ended: true } }, 120_000), undefined, 'the party is over');
    assert.equal(firstWhenOver(undefined, 120_000), undefined, 'the stage is elsewhere');
    const next = { ...playback, anchorMs: 124_000, applyAtMs: 124_000, revision: playback.revision + 1, setlist: null };
    for (const nowMs of [120_000, 123_999, 124_000, 243_000]) {
      assert.equal(firstWhenOver({ snapshot: { ...snapshot, next } }, nowMs), undefined, `${nowMs} ms`);
    }
    assert.equal(firstWhenOver({ snapshot: { ...snapshot, next } }, 244_000), first?.id, 'it was played through once more');
  });
});
