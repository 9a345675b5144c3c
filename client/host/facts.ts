/** The journal's facts as the console last had them. Pure. */
import type { FactPoint } from '../../schemas/stage.ts';
import type { HostMessages } from '../i18n/host-en.ts';

export interface Facts {
  readonly points: readonly FactPoint[];
  /** When they were read, in event time. */
  readonly atMs: number;
  /** Whether the journal was asked since, in vain. */
  readonly stale: boolean;
}

/** What the figures cover: the last `minutes`, or why they end earlier. */
export function spanOf(words: HostMessages, { points, atMs, stale }: Facts, minutes: number): string {
  if (points.length === 0) return stale ? words.factsAway : words.noFacts;
  if (!stale) return words.lastMinutes(minutes);
  return words.factsUntil(
    new Date(atMs).toLocaleTimeString(words.code, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  );
}
