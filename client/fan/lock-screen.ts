/** Names on the phone's lock screen and in its media controls. Play and pause stay the host's: no action is offered. */
import type { PartyPlayer } from '../playback/types.ts';
import type { PartySession } from '../session/types.ts';

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
