/** Names on the phone's lock screen and in its media controls. Pause and play there are the listener's own: the party goes on. */
import type { PartyPlayer } from '../playback/types.ts';
import type { PartySession } from '../session/types.ts';
import { background } from '../ui/background.ts';

/** What the listener pauses stays paused until they tap or play again. */
export function obeyMediaKeys(player: Pick<PartyPlayer, 'lock' | 'unlock'>, mediaSession: MediaSession): void {
  mediaSession.setActionHandler('pause', () => player.lock());
  mediaSession.setActionHandler('play', () => background(player.unlock()));
}

export function showOnLockScreen(session: PartySession, player: PartyPlayer, mediaSession: MediaSession): void {
  const view = session.view.value;
  const track = view?.setlist.find(({ id }) => id === player.nowPlaying.value.trackId);
  if (track === undefined) {
    mediaSession.metadata = null;
    return;
  }
  if (mediaSession.metadata?.title === track.title && mediaSession.metadata.artist === track.artist) return;
  mediaSession.metadata = new MediaMetadata({
    title: track.title,
    artist: track.artist,
    album: track.album,
    artwork: track.art === '' ? [] : [{ src: track.art }],
  });
}
