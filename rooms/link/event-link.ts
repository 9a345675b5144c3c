/**
 * A process's one subscription to an event: what the stage says reaches every section here from one message, and what
 * the sections have to say leaves as one bounded batch a beat.
 */
import { isTakenAway, sanctionFor } from '../../core/moderation.ts';
import type { Digest, DownMessage, FindFans, FindLine, Heartbeat, OpenSection, UpMessage } from '../../schemas/bus-messages.ts';
import type { Fate, Sanction, UpLine } from '../../schemas/chat.ts';
import type { EventId } from '../../schemas/ids.ts';
import { FIND_MAX_FANS } from '../../schemas/limits.ts';
import type { ReportEntry, StageChange, StageSnapshot } from '../../schemas/stage.ts';
import { inBackground } from '../in-background.ts';
import type { PartyEvent } from '../ports.ts';
import type { ProcessLoad } from '../process-load.ts';
import type { EventView, GrantedSeat, GuestCheck, VenueDeps } from '../venue.ts';
import { DownStream } from './down-stream.ts';
import { EventLaneMemory } from './event-lane-memory.ts';
import type { LocalSection } from './local-section.ts';
import { RememberedLines } from './remembered-lines.ts';
import { RemovalRecord } from './removal-record.ts';
import { UpStream } from './up-stream.ts';

const SECOND_MS = 1_000;
/** Without a sign of life for this long, the stage counts as away: it repeats its cursor every second. */
const STAGE_AWAY_MS = 2_500;
/** Silent for longer, it may be dead: staff are not sent there any more, since another one is about to speak up. */
const STAGE_DOUBT_MS = 1_500;

export type LinkDeps = Pick<
  VenueDeps,
  'clock' | 'eventNowMs' | 'random' | 'bus' | 'stageStore' | 'journal' | 'metrics' | 'log' | 'processId'
>;

/** What the stage asks of this process, or leaves to it. */
export interface LinkHooks {
  readonly onOpenSection: (message: OpenSection) => void;
  /** The stage has given the event back. */
  readonly onStageLeft: () => void;
  /** A stage of this epoch is there: whatever is left of an older one is over. */
  readonly onEpoch: (epoch: number) => void;
}

export class EventLink implements EventView {
  readonly event: PartyEvent;
  readonly lines = new RememberedLines();
  /** What everyone was shown lately, and what they were promised. */
  readonly lane: EventLaneMemory;
  readonly #deps: LinkDeps;
  readonly #hooks: LinkHooks;
  readonly #removals: RemovalRecord;
  readonly #sections = new Set<LocalSection>();
  readonly #down: DownStream;
  readonly #up: UpStream;
  readonly #stops: (() => unknown)[] = [];
  #digest: Digest | undefined;
  #stage: Heartbeat | undefined;

  private constructor(deps: LinkDeps, event: PartyEvent, load: ProcessLoad, hooks: LinkHooks) {
    this.#deps = deps;
    this.#hooks = hooks;
    this.event = event;
    this.lane = new EventLaneMemory(deps.eventNowMs);
    this.#removals = new RemovalRecord(deps.journal, event.id, deps.log);
    this.#down = new DownStream({
      load: () => deps.stageStore.load(event.id),
      onSnapshot: (snapshot, changes) => this.#follow(snapshot, changes),
      onDigest: (digest) => this.#hearDigest(digest),
      onGap: () => deps.metrics.busGap(),
      onError: (err) => deps.log.warn({ err, eventId: event.id }, 'the snapshot could not be loaded'),
      eventNowMs: deps.eventNowMs,
    });
    this.#up = new UpStream({ ...deps, eventId: event.id, beatMs: () => load.hopMs(), sections: this.#sections });
  }

  /**
   * Subscribes, then loads: what is said in between is either in the snapshot or comes as a notice. An event that never was on
   * stage has no snapshot yet; it comes with the first word of the stage.
   */
  static async open(deps: LinkDeps, event: PartyEvent, load: ProcessLoad, hooks: LinkHooks): Promise<EventLink> {
    const link = new EventLink(deps, event, load, hooks);
    try {
      link.#stops.push(await deps.bus.onDown(event.id, (message) => link.#hear(message)));
      await link.#down.reload();
    } catch (error) {
      await link.close();
      throw error;
    }
    link.#stops.push(deps.clock.every(SECOND_MS, () => link.#everySecond()));
    return link;
  }

  get id(): EventId {
    return this.event.id;
  }

  /** False until the event is on stage for the first time; before that there is nothing to see here. */
  get hasSnapshot(): boolean {
    return this.#down.snapshot !== undefined;
  }

  /** Loads what the stage has stored; needed once, where the stage's first word cannot be waited for. */
  reload(): Promise<void> {
    return this.#down.reload();
  }

  /** The newest epoch that was seen here. */
  get epoch(): number {
    return this.#down.epoch;
  }

  /** Since the stage gave a sign of life. */
  get silentMs(): number {
    return this.#deps.eventNowMs() - this.#down.heardAtMs;
  }

  /** Where staff sit, under which epoch; undefined while no living stage is known. */
  get stage(): (GrantedSeat & { readonly epoch: number }) | undefined {
    if (this.#stage === undefined || this.#stage.epoch < this.epoch || this.silentMs > STAGE_DOUBT_MS) return undefined;
    const { roomId, processId, publicAddress, epoch } = this.#stage;
    return { roomId, processId, publicAddress, epoch };
  }

  get snapshot(): StageSnapshot {
    return this.#down.snapshot as StageSnapshot;
  }

  /** The event lane's last news; undefined until there was any. */
  get digest(): Digest | undefined {
    return this.#digest;
  }

  /** Fans in the whole event, as far as known here. */
  get fans(): number {
    let here = 0;
    for (const section of this.#sections) here += section.fans;
    return Math.max(here, this.#digest?.fans ?? 0);
  }

  get stageAway(): boolean {
    return this.silentMs > STAGE_AWAY_MS;
  }

  get takenNames(): readonly string[] {
    const staff = this.snapshot.staff.filter((member) => !member.revoked).map((member) => member.name);
    return [...staff, ...this.event.reservedNames];
  }

  refusal(guest: GuestCheck): Sanction | undefined {
    return sanctionFor(this.snapshot.sanctions, guest, this.#deps.eventNowMs());
  }

  /** Has moderation taken this line away? It may still be on its way here. */
  isTaken(line: Pick<UpLine, 'id' | 'fanId' | 'atMs'>): boolean {
    return isTakenAway(this.snapshot, line);
  }

  /** Adds a section of this process. Call the result when it closes. */
  join(section: LocalSection): () => void {
    this.#sections.add(section);
    this.#up.touch();
    return () => {
      this.#up.keepFacts(section);
      this.#sections.delete(section);
    };
  }

  /** A line that a section here accepted. */
  say(line: UpLine, fate: Fate): void {
    this.lines.add(line);
    if (fate === 'event') this.lane.promise(line);
    this.#up.say(line);
  }

  report(entry: ReportEntry): void {
    this.#up.report(entry);
  }

  syncError(errorMs: number): void {
    this.#up.syncError(errorMs);
  }

  /** There are new figures for the next batch. */
  touch(): void {
    this.#up.touch();
  }

  async close(): Promise<void> {
    this.#up.stop();
    await this.#writeFacts().catch((err: unknown) => this.#deps.log.warn({ err }, 'facts were not written'));
    for (const stop of this.#stops.splice(0)) await stop();
  }

  #hear(message: DownMessage): void {
    switch (message.kind) {
      case 'find-fans':
        return this.#findFans(message);
      case 'find-line':
        return this.#findLine(message);
      case 'open-section':
        if (message.epoch >= this.epoch) this.#hooks.onOpenSection(message);
        return;
      case 'stage-left':
        if (message.epoch < this.epoch) return;
        this.#stage = undefined;
        return this.#hooks.onStageLeft();
      case 'heartbeat':
        this.#hearStage(message);
        return this.#down.hear(message);
      default:
        return this.#down.hear(message);
    }
  }

  #hearStage(heartbeat: Heartbeat): void {
    if (heartbeat.epoch < this.epoch) return;
    const isNew = heartbeat.epoch !== this.#stage?.epoch;
    // What was said to a stage that did not carry it any more is said to the next one.
    if (isNew || this.stageAway) for (const line of this.lane.unkept()) this.#up.say(line);
    this.#stage = heartbeat;
    if (isNew) this.#hooks.onEpoch(heartbeat.epoch);
  }

  #follow(snapshot: StageSnapshot, changes: readonly StageChange[] | null): void {
    this.#removals.follow(snapshot);
    this.lane.forget(snapshot.removals.map(({ removal }) => removal));
    for (const section of this.#sections) section.follow(snapshot, changes);
  }

  #hearDigest(heard: Digest): void {
    const digest = { ...heard, lines: heard.lines.filter((line) => !this.isTaken(line)) };
    this.#digest = digest;
    this.lane.hear(digest.lines);
    for (const line of digest.lines) this.lines.add(line);
    for (const section of this.#sections) section.hear(digest);
  }

  #findFans({ requestId, name }: FindFans): void {
    const found = [...this.#sections].flatMap((section) => section.find(name.toLowerCase()));
    const processId = this.#deps.processId();
    this.#answer({ kind: 'found-fans', requestId, processId, fans: found.slice(0, FIND_MAX_FANS) });
  }

  #findLine({ requestId, lineId }: FindLine): void {
    const line = this.lines.get(lineId);
    if (line !== undefined) this.#answer({ kind: 'found-line', requestId, line });
  }

  #answer(answer: UpMessage): void {
    inBackground(this.#deps.bus.publishUp(this.id, answer), this.#deps.log, 'an answer was not published');
  }

  #everySecond(): void {
    this.#up.touch();
    this.#removals.tryAgain();
    inBackground(this.#writeFacts(), this.#deps.log, 'facts were not written');
  }

  async #writeFacts(): Promise<void> {
    const atMs = this.#deps.eventNowMs();
    const facts = [...this.#sections].map((section) => section.drainSecond(atMs));
    const told = facts.filter(({ fans, joins, leaves }) => fans + joins + leaves > 0);
    if (told.length > 0) await this.#deps.journal.appendFacts(told);
  }
}
