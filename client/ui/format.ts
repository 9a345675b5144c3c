/** Durations as people read them. */

/** `4:05`, or `1:02:03` from an hour on. */
export function trackTime(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1_000));
  const [hours, minutes, seconds] = [Math.floor(total / 3_600), Math.floor(total / 60) % 60, total % 60];
  const padded = String(seconds).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${padded}` : `${minutes}:${padded}`;
}

export interface CountdownParts {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/** Rounded up, so that the last thing shown is one second and never a stale zero. */
export function countdownParts(leftMs: number): CountdownParts {
  const total = Math.max(0, Math.ceil(leftMs / 1_000));
  return {
    days: Math.floor(total / 86_400),
    hours: Math.floor(total / 3_600) % 24,
    minutes: Math.floor(total / 60) % 60,
    seconds: total % 60,
  };
}

/** A position typed by a person (`90`, `1:30`, `1:02:03`) in ms; undefined when it is none. */
export function parseTrackTime(text: string): number | undefined {
  if (!/^\d{1,5}(:[0-5]?\d){0,2}$/.test(text.trim())) return undefined;
  return (
    text
      .trim()
      .split(':')
      .reduce((seconds, part) => seconds * 60 + Number(part), 0) * 1_000
  );
}
