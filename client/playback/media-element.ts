/** The one file that touches media elements. */
import type { TrackSource } from '../../schemas/playback.ts';
import { type HlsSource, openHls } from './hls-source.ts';
import type { Media, MediaEvent } from './media.ts';

/** Enough is there to go on from the position. */
const HAVE_FUTURE_DATA = 3;
const HAVE_METADATA = 1;
/** A picture cannot be told from a file's address alone; these endings have one more often than not. */
const PICTURE = /\.(?:mp4|m4v|mov|webm|ogv)(?:[?#]|$)/i;

type PitchElement = HTMLMediaElement & { webkitPreservesPitch?: boolean; mozPreservesPitch?: boolean };

/** Whether this browser follows small changes of rate without a jump. Safari does not: there one seeks. */
export function canSteerByRate(userAgent: string): boolean {
  const isSafari = /AppleWebKit/.test(userAgent) && /Version\/[\d.]+.*Safari/.test(userAgent) && !/Chrom|Android/.test(userAgent);
  const isIosEngine = /iP(?:hone|ad|od)/.test(userAgent);
  return !isSafari && !isIosEngine;
}

/** An audio and a video element of which one is in use, since phones keep only audio elements sounding behind a locked screen. */
export function createMediaElement(document: Document, onEvent: (event: MediaEvent) => void): Media {
  const audio = document.createElement('audio');
  const video = document.createElement('video');
  let element: HTMLMediaElement = audio;
  let container: HTMLElement | null = null;
  let hls: HlsSource | null = null;
  let loads = 0;
  let blessed = false;
  /** What it was told last. */
  let isToPlay = false;

  const listen = (target: HTMLMediaElement, type: string, event: MediaEvent) =>
    target.addEventListener(type, () => {
      if (target === element && target.currentSrc !== '') onEvent(event);
    });
  for (const target of [audio, video]) {
    target.preload = 'auto';
    const pitch = target as PitchElement;
    // With the default, small rates do nothing and larger ones jump.
    pitch.preservesPitch = false;
    pitch.webkitPreservesPitch = false;
    pitch.mozPreservesPitch = false;
    listen(target, 'loadedmetadata', 'loaded');
    listen(target, 'canplay', 'ready');
    listen(target, 'seeked', 'ready');
    listen(target, 'waiting', 'stalled');
    listen(target, 'resize', 'picture');
    target.addEventListener('error', () => {
      if (target === element && target.error) onEvent('failed');
    });
    // Events come late: what was told meanwhile counts.
    target.addEventListener('pause', () => {
      if (target === element && isToPlay && target.paused) onEvent('paused');
    });
    target.addEventListener('play', () => {
      if (target === element && !isToPlay && !target.paused) onEvent('resumed');
    });
  }
  // An iPhone pauses the picture that leaves the full screen, which nobody asked for.
  video.addEventListener('webkitendfullscreen', () => {
    if (element === video && video.paused) onEvent('resumed');
  });
  audio.hidden = true;
  video.playsInline = true;
  // Two decks' pictures lie on each other: only the one that sounds is seen.
  video.style.visibility = 'hidden';
  video.disableRemotePlayback = true;
  document.body.append(audio);

  const unload = () => {
    loads++;
    isToPlay = false;
    hls?.destroy();
    hls = null;
    if (element.hasAttribute('src')) {
      element.removeAttribute('src');
      element.load();
    }
  };

  const place = () => {
    if (element === video && container) container.append(video);
    else video.remove();
  };

  const use = (target: HTMLMediaElement) => {
    element = target;
    place();
  };

  const loadHls = async (url: string, isCurrent: () => boolean) => {
    const opened = await openHls({
      url,
      element: (isSoundOnly) => {
        if (!isCurrent()) return null;
        use(isSoundOnly ? audio : video);
        return element;
      },
      onFailed: () => {
        if (isCurrent()) onEvent('failed');
      },
    });
    if (!isCurrent()) opened?.destroy();
    else if (opened) hls = opened;
    else {
      use(video);
      video.src = url;
    }
  };

  return {
    load(source: TrackSource) {
      unload();
      const load = loads;
      if (source.kind === 'hls') {
        loadHls(source.url, () => load === loads).catch(() => {
          if (load === loads) onEvent('failed');
        });
        return;
      }
      use(PICTURE.test(source.url) ? video : audio);
      element.src = source.url;
    },
    unload,
    isLoaded: () => element.readyState >= HAVE_METADATA,
    isReady: () => !element.seeking && element.readyState >= HAVE_FUTURE_DATA,
    isPaused: () => element.paused,
    isHushed() {
      // Browsers pause by themselves what is over, what left the page, and pictures that nobody sees.
      const byBrowser = element.ended || !element.isConnected || (element === video && document.visibilityState === 'hidden');
      return isToPlay && element.paused && !byBrowser && element.readyState >= HAVE_FUTURE_DATA;
    },
    isOver: () => element.ended,
    positionMs: () => element.currentTime * 1_000,
    livePositionMs: (nowMs) => hls?.livePositionMs(nowMs) ?? null,
    play() {
      isToPlay = true;
      return element.play();
    },
    pause() {
      isToPlay = false;
      element.pause();
    },
    seek(toMs) {
      element.currentTime = toMs / 1_000;
    },
    setRate(rate) {
      if (element.playbackRate !== rate) element.playbackRate = rate;
    },
    setLoudness(volume, muted) {
      for (const target of [audio, video]) {
        target.volume = volume;
        target.muted = muted;
      }
    },
    setAudible(trackId) {
      if (element.dataset['trackId'] === (trackId ?? undefined)) return;
      for (const target of [audio, video]) {
        if (target === element && trackId !== null) {
          target.dataset['frontRow'] = 'audible';
          target.dataset['trackId'] = trackId;
        } else {
          delete target.dataset['frontRow'];
          delete target.dataset['trackId'];
        }
      }
      video.style.visibility = trackId === null ? 'hidden' : 'visible';
    },
    bless() {
      // A load within a tap lifts the restriction for good; an element that has a source is blessed by its own play.
      for (const target of [audio, video]) if (!blessed && !target.hasAttribute('src')) target.load();
      blessed = true;
    },
    hasPicture: () => element === video && video.videoWidth > 0,
    mount(place_) {
      container = place_;
      place();
    },
    dispose() {
      unload();
      audio.remove();
      video.remove();
    },
  };
}
