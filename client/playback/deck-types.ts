/** What a deck is doing, and what it needs. */
import type { Clock } from '../../core/clock.ts';
import type { DriftRules } from '../../core/drift.ts';
import type { DeviceDelays } from './device-delays.ts';
import type { Media, MediaFactory } from './media.ts';

export type DeckState =
  | { readonly kind: 'empty' }
  /** Fetching, or fetched and without a run. */
  | { readonly kind: 'loading' }
  /** Paused and sought to where the run will be at `startAtMs`. */
  | { readonly kind: 'cued'; readonly startAtMs: number }
  | { readonly kind: 'running' }
  | { readonly kind: 'standing' }
  /** Lost its place: will start again as soon as it can. */
  | { readonly kind: 'stalled' }
  | { readonly kind: 'failed' };

export interface DeckDeps {
  readonly clock: Clock;
  readonly random: () => number;
  /** Event time as this fan wants to hear it. */
  readonly nowMs: () => number;
  readonly media: MediaFactory;
  readonly driftRules: DriftRules;
  readonly delays: DeviceDelays;
  /** The deck's state changed by itself. */
  readonly onChange: () => void;
  /** Whether nobody sees the page: its timers come up to a minute late. */
  readonly hidden: () => boolean;
  /** The browser wants a tap before anything sounds. */
  readonly onLocked: () => void;
  /** The listener's device paused what sounded; returns whether that stands. */
  readonly onHushed: (media: Media) => boolean;
  /** The listener's device wants it to sound again. */
  readonly onResumed: () => void;
}
