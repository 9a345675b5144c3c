/** What the player needs of a media element. `media-element.ts` is the real one; tests have a simulated one. */
import type { TrackSource } from '../../schemas/playback.ts';

/**
 * `ready`: what is at the position can sound at once. `failed`: this load will not come to anything.
 * `paused` and `resumed`: by somebody else than us.
 */
export type MediaEvent = 'loaded' | 'ready' | 'stalled' | 'failed' | 'picture' | 'paused' | 'resumed';

/** Positions are in the source's own milliseconds. */
export interface Media {
  /** Starts to fetch. Whatever was loaded is gone. */
  load(source: TrackSource): void;
  unload(): void;
  /** Whether positions can be sought. */
  isLoaded(): boolean;
  isReady(): boolean;
  isPaused(): boolean;
  /** Whether it was told to play and the listener's device paused it: a media key, the lock screen, headphones that were pulled. */
  isHushed(): boolean;
  /** Whether the source has been played to its end. */
  isOver(): boolean;
  positionMs(): number;
  /** Where to be in a live source at event time `nowMs`; null where it does not say. */
  livePositionMs(nowMs: number): number | null;
  /** Rejects with `NotAllowedError` when the browser wants a tap first. */
  play(): Promise<void>;
  pause(): void;
  seek(toMs: number): void;
  setRate(rate: number): void;
  /** `volume` from 0 to 1. */
  setLoudness(volume: number, muted: boolean): void;
  /** Marks the element that is heard, and with which track. */
  setAudible(trackId: string | null): void;
  /** Within a tap: lets this element sound later without one. */
  bless(): void;
  hasPicture(): boolean;
  mount(container: HTMLElement | null): void;
  dispose(): void;
}

export type MediaFactory = (onEvent: (event: MediaEvent) => void) => Media;
