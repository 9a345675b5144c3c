/**
 * The crowd: very many light fans, spread over as many processes as their descriptors need, steered from one. Each speaks the
 * real protocol on a bare socket, checks every frame, and obeys the session's own rules when its seat is lost.
 * All moments are event time in ms by the machine's true clock, whatever offset a fan's own clock was planted with.
 */

/** `name` of a histogram: what is recorded, in whole ms unless it says otherwise. */
export type Measure =
  /** From the moment the fan was to arrive to its first whole state. */
  | 'join'
  /** From the moment a line was to be said to its reply. */
  | 'chatAck'
  /** From the moment a line was to be said to its arrival at a fan; one count for each fan that got it. */
  | 'delivery'
  /** The same, less the time from the line's own `atMs` to the beat that carried it. */
  | 'deliveryLessBeat'
  /** |applied − applyAtMs| of a cue, one count for each fan; a fan who learns of it late counts with its lateness. */
  | 'cueSkewUs'
  /** How late the generator itself was: a timer's moment against when it ran. */
  | 'generatorLag';

/** A fan's arrival: what was asked for, not what was achieved. */
export interface CrowdOptions {
  readonly slug: string;
  /** Doors origins; fan n begins at `origins[n % origins.length]`. */
  readonly origins: readonly string[];
  /** Everything drawn at random follows from it. */
  readonly seed: number;
  readonly processes: number;
  /** Fans `first … first + count − 1`, so that several crowds of one event share no name. */
  readonly first?: number;
  readonly count: number;
  /** Moments at which fans arrive, ms after the start, ascending: fan n at `arrivalsMs(n)`. Evaluated in each process: give a curve. */
  readonly arrivals: ArrivalCurve;
  /** Share of the fans that chat, and how often each of those does. Text carries the moment it was meant for. */
  readonly chat?: { readonly share: number; readonly everyMs: number };
  readonly reactions?: { readonly share: number; readonly everyMs: number };
  /** Largest offset (ms) and drift (parts per million) planted in each fan's own clock. */
  readonly clocks?: { readonly offsetMs: number; readonly driftPpm: number };
}

/** Points `[atMs, fans so far]`, ascending in both; straight lines between them. */
export type ArrivalCurve = readonly (readonly [atMs: number, fans: number])[];

/** What the crowd can be told to do while it is there. Shares are of the fans who are live, drawn from the seed. */
export type CrowdOrder =
  /** Their network goes: sockets are destroyed; the session's rules bring them back. */
  | { readonly kind: 'lose-network'; readonly share: number }
  /** They take no more bytes for so long. */
  | { readonly kind: 'stop-reading'; readonly share: number; readonly forMs: number }
  /** They ask `chat` so often. */
  | { readonly kind: 'flood'; readonly share: number; readonly perSecond: number; readonly forMs: number }
  | { readonly kind: 'chat'; readonly share: number; readonly everyMs: number }
  | { readonly kind: 'react'; readonly share: number; readonly everyMs: number }
  /** They say and tap nothing any more. */
  | { readonly kind: 'hush'; readonly share: number }
  | { readonly kind: 'leave'; readonly share: number };

export interface Crowd extends AsyncDisposable {
  /** Its processes. */
  readonly pids: readonly number[];
  /** Every second; resolves from memory. */
  status(): CrowdStatus;
  order(order: CrowdOrder): Promise<void>;
  /** Everybody leaves; rejects when one of its processes had died. */
  end(): Promise<CrowdResult>;
}

export interface CrowdStatus {
  readonly due: number;
  readonly live: number;
  readonly waiting: number;
  readonly reconnecting: number;
  readonly failed: number;
  readonly acknowledged: number;
  readonly frames: number;
  readonly generatorLagMs: number;
  /** The newest playback revision, with how many live fans have it. */
  readonly revision: { readonly newest: number; readonly fans: number };
  /** The most live fans whose event lane ends with the same lines. */
  readonly eventLane: { readonly fans: number };
}

export interface CrowdResult {
  readonly requested: number;
  readonly joined: number;
  /** Never had a seat, by why: a code, or `timeout`. */
  readonly failed: Readonly<Record<string, number>>;
  /** Seats lost that nobody asked for, by close code. */
  readonly dropped: Readonly<Record<string, number>>;
  /** One per lost seat: when, by which code, when it sat again, and when it had state and clock again. Null: never. */
  readonly gaps: readonly {
    readonly fan: number;
    readonly code: number;
    readonly lostAtMs: number;
    readonly seatedAtMs: number | null;
    readonly inSyncAtMs: number | null;
  }[];
  /** Lines that were acknowledged, for the journal to be held against. */
  readonly acknowledged: readonly { readonly id: string; readonly fanId: string; readonly key: string; readonly atMs: number }[];
  /** Refused requests by code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Requests without an answer. */
  readonly unanswered: number;
  readonly frames: { readonly received: number; readonly bytes: number; readonly wrong: number };
  /** A fan was shown a line it already had: its section sent it twice, or another sent it under another id. */
  readonly shownTwice: number;
  /** Lines that a fan's next section sent as new although the one before had: a page recognises them by id. */
  readonly sentAgain: number;
  /** Acknowledged lines that no fan was shown, by id: expected of those beyond the readable budget. */
  readonly neverShown: number;
  /** Sum over fans of the lines each was shown. */
  readonly linesDelivered: number;
  /** How many live fans ended with each newest revision, and with each digest of the event lane's last lines. */
  readonly revisions: Readonly<Record<string, number>>;
  readonly eventLanes: Readonly<Record<string, number>>;
  /** HDR histograms, as hdr-histogram-js encodes them (base64, compressed), merged over the processes. */
  readonly histograms: Readonly<Record<Measure, string>>;
  readonly perSecond: readonly CrowdSecond[];
  readonly cpuS: number;
  readonly peakLagMs: number;
}

export interface CrowdSecond {
  readonly atMs: number;
  readonly due: number;
  readonly live: number;
  readonly joins: number;
  readonly joinP99Ms: number;
  readonly ackP99Ms: number;
  readonly deliveryP99Ms: number;
  readonly frames: number;
  readonly bytes: number;
  readonly generatorLagMs: number;
}
