/** A stage's mind: the one authority over an event. It knows nothing of sockets. */
import { isTakenAway } from '../../core/moderation.ts';
import { promote } from '../../core/stage/apply.ts';
import type { DownMessage, UpMessage } from '../../schemas/bus-messages.ts';
import type { Line, UpLine } from '../../schemas/chat.ts';
import type { Command } from '../../schemas/commands.ts';
import type { EventId, RoomId, StaffId } from '../../schemas/ids.ts';
import { LOG_RING_SLOTS } from '../../schemas/limits.ts';
import type { CommandEntry, StageChange, StageSnapshot } from '../../schemas/stage.ts';
import type { StageState } from '../../schemas/stage-state.ts';
import { AfterWork } from '../after-work.ts';
import { inBackground } from '../in-background.ts';
import { lastLines } from '../last-lines.ts';
import type { EventLink } from '../link/event-link.ts';
import { RememberedLines } from '../link/remembered-lines.ts';
import { type Pacer, pacer } from '../pacer.ts';
import type { ProcessLoad } from '../process-load.ts';
import type { VenueDeps } from '../venue.ts';
import { BusAsks } from './bus-asks.ts';
import { CommandDesk, type CommandReply } from './command-desk.ts';
import { Crowd } from './crowd.ts';
import { type EffectDeps, foretell, perform, redo } from './effects.ts';
import { ElsewhereWatch } from './known-elsewhere.ts';
import { LaneDesk } from './lane-desk.ts';
import type { Tenure } from './opening.ts';
import { type HouseView, SectionPlanner } from './section-planner.ts';
import { StaffOffice } from './staff-office.ts';
import { StageScreen } from './stage-screen.ts';
import { targetsOf } from './targets.ts';

const SECOND_MS = 1_000;
/** What a stage that was replaced leaves itself to answer those who asked. */
const LAST_WORDS_MS = 100;

export interface StageActorDeps {
  readonly deps: VenueDeps;
  readonly load: ProcessLoad;
  readonly link: EventLink;
  readonly tenure: Tenure;
  readonly roomId: RoomId;
  readonly state: StageState;
  readonly flush: () => void;
  /** Another stage has taken over. */
  readonly giveUp: () => void;
  /** This member's invitation has ended. */
  readonly dismiss: (staffId: StaffId) => void;
  readonly house: () => HouseView;
  readonly sectionId: (n: number) => RoomId;
  /** Has a process open a section, which it may be asked again and again; here, it resolves when that can be joined. */
  readonly openSection: (processId: string, n: number) => Promise<void>;
}

export class StageActor {
  readonly #own: StageActorDeps;
  readonly #crowd: Crowd;
  readonly #lines = new RememberedLines();
  readonly #screen: StageScreen;
  readonly #asks: BusAsks;
  readonly #afterWork: AfterWork;
  readonly #desk: CommandDesk;
  readonly #staff: StaffOffice;
  readonly #elsewhere: ElsewhereWatch;
  readonly #planner: SectionPlanner;
  readonly #pacer: Pacer;
  readonly #effects: EffectDeps;
  readonly #stops: (() => unknown)[] = [];
  #snapshot: StageSnapshot;
  readonly #lane: LaneDesk;
  #closed = false;

  private constructor(own: StageActorDeps) {
    const { deps, state, load, link, tenure } = own;
    const { event } = link;
    this.#own = own;
    this.#snapshot = tenure.snapshot;
    const { epoch } = tenure.snapshot;
    this.#crowd = new Crowd(link.digest?.reactions);
    this.#lane = new LaneDesk(deps, epoch);
    this.#screen = new StageScreen(deps, state);
    this.#asks = new BusAsks({ ...deps, eventId: event.id, processes: () => this.#crowd.processes });
    const current = () => this.snapshot;
    const events = deps.stageEvents?.(event.id, epoch) ?? deps.events;
    const afterWork = new AfterWork(deps.log);
    this.#afterWork = afterWork;
    this.#effects = { ...deps, events, event, current, asks: this.#asks, afterWork, say: (line) => this.#say(line) };
    this.#desk = new CommandDesk({
      ...deps,
      current,
      leadMs: () => this.#crowd.cueLeadMs(load.beatMs()),
      member: (id) => this.#staff.member(id),
      targets: (command) => {
        return targetsOf({ eventId: event.id, lines: this.#lines, asks: this.#asks, journal: deps.journal }, command);
      },
      foretell: (effect) => foretell(this.#effects, effect),
      perform: (effect, entry) => perform(this.#effects, effect, entry),
      redo: (entry) => redo(this.#effects, entry),
      onCommitted: (next, changes) => this.#committed(next, changes),
      onEntry: (entry) => this.#log(entry),
      onFenced: () => this.giveUp(),
    });
    const change: CommandDesk['change'] = (make) => this.#desk.change(make);
    this.#elsewhere = new ElsewhereWatch({ ...deps, current, afterWork, change });
    this.#staff = new StaffOffice({
      ...deps,
      eventId: event.id,
      current,
      change,
      dismiss: own.dismiss,
      touch: () => this.#pacer.touch(),
    });
    this.#planner = new SectionPlanner({
      seatsPerSection: deps.sectionSeats,
      view: own.house,
      roomIdOf: own.sectionId,
      open: own.openSection,
      nowMs: () => deps.clock.nowMs(),
    });
    this.#pacer = pacer({ clock: deps.clock, beatMs: () => load.hopMs(), fanOutMs: () => 0, run: () => this.#beat() });
    state.epoch = epoch;
  }

  static async open(own: StageActorDeps): Promise<StageActor> {
    const { deps, link } = own;
    const stage = new StageActor(own);
    const [shown, commands] = await Promise.all([
      lastLines(deps.journal, link),
      deps.journal.lastCommands(link.id, LOG_RING_SLOTS),
    ]);
    stage.#screen.show(shown);
    for (const entry of commands) {
      stage.#screen.rings.command(entry);
      inBackground(redo(stage.#effects, entry), deps.log, 'what a command owed was not done');
    }
    stage.#project();
    stage.#stops.push(await deps.bus.onUp(link.id, (message) => stage.#hear(message)));
    stage.#stops.push(deps.clock.every(SECOND_MS, () => stage.#everySecond()));
    inBackground(
      own.tenure.lost.then(() => stage.giveUp()),
      deps.log,
      'a stage did not give up',
    );
    return stage;
  }

  get eventId(): EventId {
    return this.#own.link.id;
  }

  /** With a cue that is due by now in force. */
  get snapshot(): StageSnapshot {
    return promote(this.#snapshot, this.#own.deps.eventNowMs());
  }

  get epoch(): number {
    return this.#own.tenure.snapshot.epoch;
  }

  /** It gave the event back, or lost it. */
  get isOver(): boolean {
    return this.#closed;
  }

  /** Tells everyone that the stage is here, and opens what is needed for the first fans. */
  begin(): Promise<void> {
    this.#heartbeat();
    return this.#plan();
  }

  command(staffId: StaffId, command: Command): Promise<CommandReply> {
    return this.#desk.run(staffId, command);
  }

  /** A member of staff arrives; rejects for whoever may not. */
  arrive(id: StaffId): Promise<void> {
    return this.#staff.arrive(id);
  }

  depart(id: StaffId): void {
    this.#staff.depart(id);
  }

  /**
   * Gives the event to whichever process takes it: answers what it has taken on, says what it has to say, and lets go of the lease.
   * What reaches it from here on is refused; nothing that it acknowledged can be undone, since whoever follows starts from it.
   */
  async handOver(): Promise<void> {
    await this.#desk.close();
    if (this.#closed) return;
    this.#tell();
    await this.#fall();
    const { bus } = this.#own.deps;
    await bus.publishDown(this.eventId, { kind: 'stage-left', epoch: this.epoch });
  }

  /** Another stage has taken over: whatever this one does from here on has no effect. */
  giveUp(): void {
    if (this.#closed) return;
    const { deps } = this.#own;
    deps.log.warn({ eventId: this.eventId, epoch: this.epoch }, 'another stage has taken over');
    inBackground(this.#fall(), deps.log, 'a stage did not fall silent');
    deps.clock.after(LAST_WORDS_MS, () => this.#own.giveUp());
  }

  async close(): Promise<void> {
    await this.#desk.close();
    await this.#fall();
  }

  /** Nothing is heard and nothing is said any more. */
  async #fall(): Promise<void> {
    this.#closed = true;
    this.#pacer.stop();
    for (const stop of this.#stops.splice(0)) await stop();
    await this.#own.tenure.release();
  }

  #hear(message: UpMessage): void {
    if (message.kind !== 'batch') return this.#asks.hear(message);
    if (!this.#crowd.hear(message, this.#own.deps.eventNowMs())) return;
    const lines = message.lines.filter((line) => !this.#isTaken(line));
    const reports = message.reports.filter(({ line }) => !this.#isTaken(line));
    for (const line of lines) this.#lines.add(line);
    this.#screen.hear(lines, reports);
    inBackground(this.#plan(), this.#own.deps.log, 'a section could not be opened');
    this.#pacer.touch();
  }

  #isTaken(line: Line): boolean {
    return isTakenAway(this.#snapshot, line);
  }

  #say(line: Line): void {
    const said: UpLine = { ...line, section: '', addressHash: null, toStaff: false };
    this.#lines.add(said);
    this.#screen.rings.line(line, '');
    this.#lane.say(said);
    this.#pacer.touch();
  }

  async #committed(next: StageSnapshot, changes: readonly StageChange[]): Promise<void> {
    const { bus } = this.#own.deps;
    this.#snapshot = next;
    const { epoch, seq } = next;
    await bus.publishDown(this.eventId, { kind: 'notice', epoch, seq, changes: [...changes] });
    for (const change of changes) if (change.kind === 'removal') this.#screen.remove(change.removal);
    this.#staff.dismissEnded();
    this.#pacer.urge();
  }

  #log(entry: CommandEntry): void {
    this.#screen.rings.command(entry);
    this.#pacer.touch();
  }

  #heartbeat(): void {
    const { deps, roomId } = this.#own;
    const { epoch, seq } = this.#snapshot;
    const { publicAddress } = deps;
    this.#publish({ kind: 'heartbeat', epoch, seq, roomId, processId: deps.processId(), publicAddress });
  }

  #everySecond(): void {
    const { deps } = this.#own;
    this.#crowd.expire(deps.eventNowMs());
    this.#heartbeat();
    this.#staff.dismissEnded();
    this.#afterWork.tryAgain();
    this.#elsewhere.everySecond();
    inBackground(this.#plan(), deps.log, 'a section could not be opened');
    this.#pacer.touch();
  }

  async #plan(): Promise<void> {
    if (this.#snapshot.ended || this.#closed) return;
    await this.#planner.plan(this.#crowd.joinsPerS);
  }

  #beat(): void {
    this.#tell();
    this.#project();
    this.#own.flush();
  }

  #tell(): void {
    const { lines, digest, isWaiting } = this.#lane.beat(this.#crowd, (line) => this.#isTaken(line));
    this.#screen.show(lines);
    if (isWaiting) this.#pacer.touch();
    if (digest !== null) this.#publish(digest);
  }

  #publish(message: DownMessage): void {
    const { bus, log } = this.#own.deps;
    inBackground(bus.publishDown(this.eventId, message), log, 'a message was not published');
  }

  #project(): void {
    this.#screen.project({ snapshot: this.snapshot, crowd: this.#crowd, lane: this.#lane, online: this.#staff.online });
  }
}
