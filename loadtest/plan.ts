/** What a run is to be: a profile, scaled to the fans and the pace that were asked for. */
import type { ArrivalCurve, CrowdOptions, CrowdOrder } from './crowd/types.ts';
import { PROFILES, type Profile, type ProfileName } from './profiles.ts';

export interface PlanWish {
  readonly profile: ProfileName;
  readonly fans?: number | undefined;
  /** How many times faster than the profile's own time; 1 unless asked. */
  readonly pace?: number | undefined;
  /** All of them within a minute. */
  readonly sprint?: boolean | undefined;
  /** How long the full house is held instead of the profile's time; not paced. */
  readonly minutes?: number | undefined;
}

export interface Plan {
  readonly profile: ProfileName;
  readonly fans: number;
  /** Light fans, and full SDK clients that measure what a fan sees. */
  readonly light: number;
  readonly full: number;
  readonly pace: number;
  readonly sprint: boolean;
  /** Of all fans. */
  readonly arrivals: ArrivalCurve;
  /** When the last is due, and when it is over, ms after the start. */
  readonly fullAtMs: number;
  readonly endAtMs: number;
  readonly chat: NonNullable<CrowdOptions['chat']> | null;
  readonly reactions: NonNullable<CrowdOptions['reactions']> | null;
  readonly commandEveryMs: number | null;
  readonly act: { readonly atMs: number; readonly act: NonNullable<Profile['act']>['act'] } | null;
}

/** What a light fan needs of its process, with room to reconnect: descriptors allow no more. */
const FANS_PER_CROWD_PROCESS = 18_000;
/** Smaller houses are warm after a moment anyway. */
const REHEARSED_FROM = 10_000;
/** After so many joins a process runs compiled code. */
const REHEARSED_PER_PROCESS = 2_000;
/** No house meets more than it was to bear, nor any crowd process. */
const REHEARSED_SHARE = 0.2;
const FANS_PER_FULL_CLIENT = 100;
const FULL_CLIENTS_MAX = 200;
/** The last of them has to sit within the minute, so the last arrives before it. */
const SPRINT_MS = 55_000;
/** A host who gives two cues at once gives one: cues need their lead. */
const COMMANDS_APART_MIN_MS = 3_000;
const HOLD_MIN_MS = 10_000;

/** Throws a RangeError that says what is wrong with the wish. */
export function planOf({ profile, fans, pace = 1, sprint = false, minutes }: PlanWish): Plan {
  const wanted: Profile = PROFILES[profile];
  const count = fans ?? wanted.fans;
  if (!(Number.isInteger(count) && count >= 2)) throw new RangeError('--fans must be a whole number, at least 2');
  if (!(pace >= 1 && pace <= 1_000)) throw new RangeError('--pace must be between 1 and 1000');
  if (minutes !== undefined && !(minutes > 0 && minutes <= 24 * 60))
    throw new RangeError('--minutes must be above 0, at most 1440');
  const arrivals = sprint
    ? ([
        [0, 0],
        [SPRINT_MS, count],
      ] as const)
    : scaled(wanted.arrivals, count, pace);
  const fullAtMs = arrivals.at(-1)?.[0] ?? 0;
  const { act } = wanted;
  const asked = minutes === undefined ? Math.max(HOLD_MIN_MS, wanted.holdMs / (act ? 1 : pace)) : minutes * 60_000;
  const full = Math.max(1, Math.min(FULL_CLIENTS_MAX, Math.round(count / FANS_PER_FULL_CLIENT)));
  return {
    profile,
    fans: count,
    light: count - full,
    full,
    pace,
    sprint,
    arrivals,
    fullAtMs,
    endAtMs: Math.round(fullAtMs + asked),
    chat: wanted.chat && { share: shareOf(wanted.chat, count), everyMs: wanted.chat.everyMs },
    reactions: wanted.reactions,
    commandEveryMs: wanted.commandEveryMs && Math.max(COMMANDS_APART_MIN_MS, wanted.commandEveryMs / pace),
    act: act && { atMs: fullAtMs + act.afterMs, act: act.act },
  };
}

/** How many fans come and go before all others, so that no process has its first ones on the night. `processes`: of the house. */
export function rehearsalFans({ fans, light }: Pick<Plan, 'fans' | 'light'>, processes: number): number {
  return fans < REHEARSED_FROM ? 0 : Math.min(REHEARSED_PER_PROCESS * processes, Math.floor(light * REHEARSED_SHARE));
}

/** Processes of the crowd. */
export function crowdProcesses({ light }: Pick<Plan, 'light'>): number {
  return Math.max(1, Math.ceil(light / FANS_PER_CROWD_PROCESS));
}

/** Whether fans of it are told to do this. */
export function isOrder({ act }: Pick<Plan, 'act'>, kind: CrowdOrder['kind']): boolean {
  return act?.act.kind === 'crowd' && act.act.order.kind === kind;
}

/** Whether processes of the house are killed or renewed in it. */
export function endsProcesses({ act }: Pick<Plan, 'act'>): boolean {
  return act !== null && act.act.kind !== 'crowd';
}

/** The same curve for `part` of its fans. */
export function partOf(arrivals: ArrivalCurve, part: number): ArrivalCurve {
  const all = arrivals.at(-1)?.[1] ?? 0;
  return arrivals.map(([atMs, fans]) => [atMs, all === 0 ? 0 : (fans * part) / all] as const);
}

/** When fan `n` (from 0) is due, in ms after the start. */
export function dueAtMs(arrivals: ArrivalCurve, n: number): number {
  const wanted = n + 1;
  for (let i = 1; i < arrivals.length; i += 1) {
    const [[fromMs, from], [toMs, to]] = [arrivals[i - 1] ?? [0, 0], arrivals[i] ?? [0, 0]];
    if (wanted <= to && to > from) return fromMs + ((wanted - from) / (to - from)) * (toMs - fromMs);
  }
  return arrivals.at(-1)?.[0] ?? 0;
}

function scaled(arrivals: Profile['arrivals'], fans: number, pace: number): ArrivalCurve {
  return arrivals.map(([atMs, share]) => [atMs / pace, Math.round(share * fans)] as const);
}

function shareOf({ share, fewest }: { readonly share: number; readonly fewest: number }, fans: number): number {
  return Math.min(1, Math.max(share, fewest / fans));
}
