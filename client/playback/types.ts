/** What the pages see of the player. */
import type { ReadonlySignal, Signal } from '@preact/signals';

export type PlayerStatus =
  /** No tap yet: the browser would refuse to sound. Or the listener paused it on the device. */
  | 'locked'
  | 'idle'
  | 'loading'
  | 'playing'
  | 'paused'
  /** Between what the source can give and what the timeline wants: still catching up. */
  | 'catching-up'
  | 'failed'
  | 'ended';

export interface NowPlaying {
  readonly trackId: string | null;
  readonly index: number;
  readonly positionMs: number;
  /** null: live. */
  readonly durationMs: number | null;
}

export type SyncQuality = 'unknown' | 'locked-in' | 'close' | 'adjusting';

export interface PartyPlayer {
  readonly status: ReadonlySignal<PlayerStatus>;
  /** Updated about four times a second while playing. */
  readonly nowPlaying: ReadonlySignal<NowPlaying>;
  /** Signed, in ms: what is heard minus the playhead; null while unknown. */
  readonly errorMs: ReadonlySignal<number | null>;
  readonly quality: ReadonlySignal<SyncQuality>;
  /** 0 to 1. */
  readonly volume: Signal<number>;
  readonly muted: Signal<boolean>;
  /** A fan's own correction for Bluetooth and the like, in ms; positive plays earlier. */
  readonly nudgeMs: Signal<number>;
  /** Call within a tap or key press: unlocks sound. */
  unlock(): Promise<void>;
  /** The listener's own pause: silent until unlocked. */
  lock(): void;
  /** Where video is to appear; null while no place is shown. */
  mountVideo(container: HTMLElement | null): void;
  /** Whether the current track has a picture. */
  readonly hasVideo: ReadonlySignal<boolean>;
  dispose(): void;
}
