import assert from 'node:assert/strict';
import { LineState, SectionState, TrackState } from '../../schemas/section-state.ts';
import { partyView } from './party-view.ts';

function stateWithTracks(count: number): SectionState {
  const state = new SectionState();
  for (let n = 0; n < count; n++) {
    const track = new TrackState();
    track.id = `trk_${n}`;
    track.source.url = `/media/${n}`;
    state.setlist.push(track);
  }
  return state;
}

describe('party view', () => {
  it('PS8 keeps every part that did not change, and exchanges the one that did', () => {
    const state = stateWithTracks(3);
    const before = partyView(state, null);
    assert.equal(partyView(state, before), before, 'nothing changed');
    state.playback.positionMs = 7;
    (state.setlist[1] as TrackState).title = 'New';
    const after = partyView(state, before);
    assert.equal(after.playback.positionMs, 7);
    assert.equal(after.policy, before.policy);
    assert.equal(after.setlist[0], before.setlist[0]);
    assert.equal(after.setlist[1]?.title, 'New');
  });

  it('PS8 reads what is absent as the contract says: live tracks, no cue, no pin', () => {
    const state = stateWithTracks(1);
    const view = partyView(state, null);
    assert.equal(view.setlist[0]?.durationMs, null);
    assert.equal('startMs' in (view.setlist[0]?.source ?? {}), false);
    assert.equal(view.next, null);
    assert.equal(view.nextSetlist, null);
    assert.equal(view.policy.pinnedLine, null);
    state.policy.pinnedLine = new LineState();
    state.policy.pinnedLine.text = 'pinned';
    assert.equal(partyView(state, view).policy.pinnedLine?.text, 'pinned');
  });
});
