/** Makes the picture fill the screen, on phones too. */

type PhoneVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

/** `frame` holds the videos of both decks, so that a track change does not end it. An iPhone takes nothing but the one video that shows. */
export function toggleFullScreen(frame: HTMLElement): void {
  const { ownerDocument } = frame;
  // A browser that refuses leaves the page as it is.
  if (ownerDocument.fullscreenElement) ownerDocument.exitFullscreen().catch(() => {});
  else if ('requestFullscreen' in frame) frame.requestFullscreen({ navigationUI: 'hide' }).catch(() => {});
  else (frame as HTMLElement).querySelector<PhoneVideo>('video[data-front-row]')?.webkitEnterFullscreen?.();
}
