/** The geometry of a drawn sleeve: what a track without a cover looks like. The same seed, the same sleeve. Pure. */
import { hueOf } from './chat-view.ts';

export interface Sleeve {
  /** Two sources of rings; where they meet, they beat against each other. */
  readonly rings: readonly { readonly cx: number; readonly cy: number; readonly r: number }[];
  readonly light: { readonly cx: number; readonly cy: number };
  /** Turns the accent by this many degrees for the second light. */
  readonly hueTurn: number;
}

const RINGS = 44;

/** On a square of 100 × 100. */
export function sleeveOf(seed: string): Sleeve {
  const roll = (salt: string) => hueOf(`${salt}:${seed}`) / 360;
  const one = { x: 18 + roll('x1') * 40, y: 14 + roll('y1') * 34 };
  const other = { x: one.x + 14 + roll('x2') * 26, y: one.y + 18 + roll('y2') * 30 };
  const step = 1.75 + roll('step') * 0.7;
  return {
    rings: [one, other].flatMap((center) =>
      Array.from({ length: RINGS }, (_, at) => ({ cx: center.x, cy: center.y, r: 1.5 + at * step })),
    ),
    light: { cx: 100 - one.x, cy: one.y },
    hueTurn: -20 - roll('hue') * 95,
  };
}
