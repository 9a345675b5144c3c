/** What the actors need from the world. Each port documents its ordering, its deadline and what a failure means. */
import type { DownMessage, PageChanged, SeatOffer, UpMessage } from '../schemas/bus-messages.ts';
import type { Fate, Line, Rank, StaffMember } from '../schemas/chat.ts';
import type { EventState, Theme } from '../schemas/http.ts';
import type { AddressHash, EventId, FanId, LabelId, LineId, Slug, StaffId } from '../schemas/ids.ts';
import type { Track } from '../schemas/playback.ts';
import type { Key } from '../schemas/section-messages.ts';
import type { CommandEntry, FactPoint, HistoryLine, StageSnapshot } from '../schemas/stage.ts';

/** Structured log; never names, message text or tokens. The subset of pino that we use. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Publish and subscribe between processes. May lose, repeat and reorder; carries plain JSON.
 * Each message is parsed before the handler sees it; one that does not parse is counted and dropped.
 */
export interface StageBus {
  publishDown(eventId: EventId, message: DownMessage): Promise<void>;
  publishUp(eventId: EventId, message: UpMessage): Promise<void>;
  publishSeats(offer: SeatOffer): Promise<void>;
  publishPage(change: PageChanged): Promise<void>;
  /** Resolves once subscribed. Call the result to unsubscribe. */
  onDown(eventId: EventId, handler: (message: DownMessage) => void): Promise<() => Promise<void>>;
  onUp(eventId: EventId, handler: (message: UpMessage) => void): Promise<() => Promise<void>>;
  onSeats(handler: (offer: SeatOffer) => void): Promise<() => Promise<void>>;
  onPage(handler: (change: PageChanged) => void): Promise<() => Promise<void>>;
  /** Lets `present` name this process until its connection to the bus ends, however it ends, or the result is called. */
  attend(processId: string): Promise<() => Promise<void>>;
  /** Who attends now; rejects while the bus is away. */
  present(): Promise<ReadonlySet<string>>;
}

/**
 * The stage's own memory: its lease and its snapshot, fenced by epoch.
 * A commit that returns 'committed' is durable; 'fenced' means that another stage has taken over and nothing was written.
 */
export interface StageStore {
  /**
   * Starts a new incarnation: an epoch above every one ever given for this event, and above `atLeastEpoch`, the newest that the
   * caller has seen anywhere. Rejects with `stage_unavailable` while another process holds the event.
   */
  acquire(eventId: EventId, atLeastEpoch?: number): Promise<number>;
  load(eventId: EventId): Promise<StageSnapshot | null>;
  /** Stores the snapshot and the journal entry in one step, if `snapshot.epoch` is still the newest. */
  commit(snapshot: StageSnapshot, entry: CommandEntry | null): Promise<'committed' | 'fenced'>;
}

/** Which process runs an event's stage, under which epoch. */
export interface StageHolder {
  readonly processId: string;
  readonly publicAddress: string | null;
  readonly epoch: number;
}

/**
 * Whose turn it is to run an event's stage, when there are many processes. A lease says who should try; it protects nothing:
 * that is what the fence of `StageStore.commit` does, whatever a process believes to hold.
 */
export interface StageLease {
  /**
   * Keeps the lease that came with `acquire` until the result is called, which gives it back. `onLost` runs once when another
   * stage has taken over; while the lease cannot be renewed because the store is away, it is kept on trust.
   */
  hold(eventId: EventId, epoch: number, onLost: () => void): () => Promise<void>;
  /** Null once the lease has run out or was given back: somebody should `acquire`. Rejects with `unavailable`. */
  holder(eventId: EventId): Promise<StageHolder | null>;
}

/** What is known of stages beside the store that they commit to: outlives it when it is emptied. */
export interface StageRecords {
  /** The newest epoch ever seen (0: none), and the newest snapshot, which may be older. */
  newest(eventId: EventId): Promise<{ readonly epoch: number; readonly snapshot: StageSnapshot | null }>;
  /** Keeps what was committed, unless something newer is there; the entry is kept in any case, once. */
  keep(snapshot: StageSnapshot, entry: CommandEntry | null): Promise<void>;
  /** Commands that were committed by a stage elsewhere; known ones change nothing. */
  keepCommands(entries: readonly CommandEntry[]): Promise<void>;
}

/** An accepted line with what the journal alone keeps. */
export interface JournalLine extends Line {
  readonly eventId: EventId;
  readonly section: string;
  readonly key: Key;
  readonly seq: number;
  readonly fate: Fate;
  readonly addressHash: AddressHash | null;
}

export interface SecondFacts extends FactPoint {
  readonly eventId: EventId;
  readonly section: string;
}

/** What `history` looks for; newest first, strictly before `beforeMs`. */
export interface HistoryQuery {
  readonly fanId?: FanId;
  /** Found anywhere in a line, whatever its case. */
  readonly text?: string;
  readonly beforeMs?: number;
  readonly limit: number;
}

/** The durable record. A promise that resolves means: on disk. Appends keep their order. */
export interface Journal {
  appendLine(line: JournalLine): Promise<void>;
  /** A line under the same author and key, for a request sent twice across a restart. */
  findByKey(eventId: EventId, authorId: string, key: Key): Promise<JournalLine | null>;
  findLine(eventId: EventId, lineId: LineId): Promise<JournalLine | null>;
  /** Lines that everyone could see and nobody removed, oldest first: what fills a ring after a restart. */
  lastShown(eventId: EventId, limit: number): Promise<JournalLine[]>;
  removeLine(eventId: EventId, lineId: LineId): Promise<void>;
  removeLinesOf(eventId: EventId, fanId: FanId, beforeMs: number): Promise<void>;
  removeAllLines(eventId: EventId, beforeMs: number): Promise<void>;
  /** Newest first. */
  history(eventId: EventId, query: HistoryQuery): Promise<HistoryLine[]>;
  /** Commands in the order of `epoch, seq`, the last `limit` of them, oldest first. */
  lastCommands(eventId: EventId, limit: number): Promise<CommandEntry[]>;
  findCommandByKey(eventId: EventId, staffId: StaffId, key: Key): Promise<CommandEntry | null>;
  /** Refused and read-only commands; those that change the event are written by `StageStore.commit`. */
  appendCommand(entry: CommandEntry): Promise<void>;
  appendFacts(facts: readonly SecondFacts[]): Promise<void>;
  facts(eventId: EventId, sinceMs: number, stepMs: number): Promise<FactPoint[]>;
}

/** All that the journal keeps of one fan. */
export interface FanRecord {
  readonly lines: readonly (Omit<Line, 'fanId' | 'role'> & Pick<JournalLine, 'eventId' | 'section' | 'fate' | 'addressHash'>)[];
  /** What staff did about them. */
  readonly commands: readonly CommandEntry[];
}

/** Personal data in the journal: its retention, its export, its end. Offered beside `Journal` to whoever runs the house. */
export interface PersonalRecords {
  export(fanId: FanId): Promise<FanRecord>;
  /**
   * Deletes the fan's lines and every mention of the fan in commands and in the snapshots of ended events; resolves with the
   * number of lines. A sanction of an event that still runs stays until the event is over.
   */
  erase(fanId: FanId): Promise<number>;
  /** Deletes lines, commands, facts and ended snapshots from before; resolves with the number of rows. */
  prune(beforeMs: number): Promise<number>;
}

/** Personal data in the event store: bans name people. Offered beside `EventStore` to whoever runs the house. */
export interface PersonalBans {
  /** Every ban of this fan by a label, over or not. */
  labelBansOf(fanId: FanId): Promise<LabelBan[]>;
  /** Forgets the fan's bans that are over, and the name and the reason in those that hold; resolves with how many there were. */
  eraseFan(fanId: FanId, nowMs: number): Promise<number>;
  /** Deletes bans that ended before; resolves with how many. */
  pruneLabelBans(beforeMs: number): Promise<number>;
}

/** What a label booked. The live setlist, policy and sanctions belong to the stage; these are what it starts from. */
export interface PartyEvent {
  readonly id: EventId;
  readonly labelId: LabelId;
  readonly labelName: string;
  readonly slug: Slug;
  readonly title: string;
  readonly artist: string;
  readonly theme: Theme;
  readonly doorsAtMs: number;
  readonly state: EventState;
  readonly emojis: readonly string[];
  /** Names that no fan may take or imitate, besides those of the staff. */
  readonly reservedNames: readonly string[];
  /** Origins besides our own that may embed and join; exact, such as `https://band.example`. */
  readonly allowedOrigins: readonly string[];
  readonly setlist: readonly Track[];
  /** Plays as soon as a stage starts for the first time. */
  readonly autoplay: boolean;
}

/** A ban that outlives one event: it holds at every door of the label. */
export interface LabelBan {
  readonly labelId: LabelId;
  readonly fanId: FanId;
  readonly name: string;
  readonly addressHash: AddressHash | null;
  readonly atMs: number;
  readonly untilMs: number | null;
  readonly by: StaffId;
  readonly reason: string;
}

/** An invitation: opened once, within its time. */
export interface Invite {
  readonly id: string;
  readonly eventId: EventId;
  readonly staff: StaffMember;
  readonly rank: Rank;
  readonly openedAtMs: number | null;
}

export interface EventStore {
  eventBySlug(slug: Slug): Promise<PartyEvent | null>;
  eventById(id: EventId): Promise<PartyEvent | null>;
  /** Events that are not over. */
  openEvents(): Promise<PartyEvent[]>;
  /** Creates or replaces by slug; the id stays that of the first. */
  saveEvent(event: PartyEvent): Promise<PartyEvent>;
  setEventState(id: EventId, state: EventState): Promise<void>;
  saveInvite(invite: Invite): Promise<void>;
  /** Marks it opened if nobody has; null, and as it was, when unknown, for another event, revoked, expired or opened before. */
  openInvite(eventId: EventId, id: string, nowMs: number): Promise<Invite | null>;
  staffOf(eventId: EventId): Promise<StaffMember[]>;
  revokeStaff(eventId: EventId, staffId: StaffId): Promise<void>;
  saveLabelBan(ban: LabelBan): Promise<void>;
  liftLabelBan(labelId: LabelId, fanId: FanId): Promise<void>;
  labelBans(labelId: LabelId, nowMs: number): Promise<LabelBan[]>;
}

/** What the actors count. Names and labels of the Prometheus series live in `server/observability`. */
export interface Metrics {
  joined(room: 'section' | 'stage', tookMs: number): void;
  refusedJoin(code: string): void;
  /** What doors said to somebody who asked: a seat, a place in the line, or the code of a refusal. */
  asked(answer: string): void;
  left(room: 'section' | 'stage'): void;
  lineAccepted(): void;
  lineRefused(code: string): void;
  beat(lengthMs: number, fanOutMs: number, frames: number, bytes: number): void;
  command(name: string, result: string, tookMs: number): void;
  busGap(): void;
  busDropped(reason: string): void;
  shownShare(share: number): void;
  fans(eventId: EventId, section: string, fans: number): void;
  roomGone(section: string): void;
  /** From the command's arrival to the patch that carries it. */
  moderationEffect(tookMs: number): void;
  handlerError(where: string): void;
}
