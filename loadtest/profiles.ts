/** What can be played, as data. Times are the profile's own: `--pace` divides those of arrivals, holding and commands. */
import type { CrowdOrder } from './crowd/types.ts';

/** Something that happens to the full house. */
export type Act =
  | { readonly kind: 'crowd'; readonly order: CrowdOrder }
  /** `kill -9` of a process that has sections but not the stage. */
  | { readonly kind: 'kill' }
  /** A rolling deploy of every process. */
  | { readonly kind: 'drain' };

export interface Profile {
  readonly help: string;
  /** Unless `--fans` says otherwise. */
  readonly fans: number;
  /** `[atMs, share of the fans there by then]`, from 0 to 1, straight lines between. */
  readonly arrivals: readonly (readonly [atMs: number, share: number])[];
  /** How long the full house stays. */
  readonly holdMs: number;
  /** Share of the fans that chat, at least `fewest` of them, each so often. */
  readonly chat: { readonly share: number; readonly fewest: number; readonly everyMs: number } | null;
  readonly reactions: { readonly share: number; readonly everyMs: number } | null;
  /** Null: the host keeps still. */
  readonly commandEveryMs: number | null;
  /** After the house is full; not paced: what they do to fans takes as long as it takes. */
  readonly act: { readonly afterMs: number; readonly act: Act } | null;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The night this is built for: fans there by the minute, of 110,427. */
const TWEET = [
  [0, 0],
  [2 * MINUTE, 60_890],
  [10 * MINUTE, 70_000],
  [20 * MINUTE, 80_000],
  [30 * MINUTE, 110_427],
] as const;
export const TWEET_FANS = 110_427;

/** What fans of every profile do unless it says otherwise: enough talk that a large house is above what anybody can read. */
const LIVELY = {
  chat: { share: 0.005, fewest: 8, everyMs: 20 * SECOND },
  reactions: { share: 0.02, everyMs: 15 * SECOND },
  commandEveryMs: MINUTE,
} as const;

/** Arrives, settles, and then something happens. */
const STRUCK = {
  ...LIVELY,
  fans: 20_000,
  arrivals: [
    [0, 0],
    [40 * SECOND, 1],
  ],
  holdMs: 90 * SECOND,
  commandEveryMs: 10 * SECOND,
} as const;
const STRUCK_AFTER_MS = 25 * SECOND;

const struck = (help: string, act: Act, changes: Partial<Profile> = {}): Profile => {
  return { ...STRUCK, help, act: { afterMs: STRUCK_AFTER_MS, act }, ...changes };
};

export const PROFILES = {
  smoke: {
    ...LIVELY,
    help: '200 fans for 20 seconds: does it work at all',
    fans: 200,
    arrivals: [
      [0, 0],
      [6 * SECOND, 1],
    ],
    holdMs: 14 * SECOND,
    chat: { share: 0.1, fewest: 8, everyMs: 5 * SECOND },
    reactions: { share: 0.2, everyMs: 4 * SECOND },
    commandEveryMs: 4 * SECOND,
    act: null,
  },
  steady: {
    ...LIVELY,
    help: 'a full house that stays',
    fans: 20_000,
    arrivals: [
      [0, 0],
      [MINUTE, 1],
    ],
    holdMs: 5 * MINUTE,
    act: null,
  },
  tweet: {
    ...LIVELY,
    help: '60,890 by 2 min, 110,427 by 30 min, ten minutes more',
    fans: TWEET_FANS,
    arrivals: TWEET.map(([atMs, fans]) => [atMs, fans / TWEET_FANS] as const),
    holdMs: 10 * MINUTE,
    act: null,
  },
  flood: struck('5% of the fans say 100 lines a second', {
    kind: 'crowd',
    order: { kind: 'flood', share: 0.05, perSecond: 100, forMs: 20 * SECOND },
  }),
  wave: struck('20% lose their network at once', { kind: 'crowd', order: { kind: 'lose-network', share: 0.2 } }),
  kill: struck('kill -9 of a process with sections', { kind: 'kill' }),
  drain: struck('a rolling deploy under load', { kind: 'drain' }, { holdMs: 5 * MINUTE }),
  slow: struck('1% stop reading', { kind: 'crowd', order: { kind: 'stop-reading', share: 0.01, forMs: 30 * SECOND } }),
  quiet: {
    ...STRUCK,
    help: 'what fans cost who only listen',
    chat: null,
    reactions: null,
    commandEveryMs: null,
    holdMs: 30 * SECOND,
    act: null,
  },
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof PROFILES;
