/**
 * The stage's memory in Redis, for many processes: lease, fence and snapshot. What is committed is kept by this machine's
 * journal too, and whoever takes over copies the last commands from Redis into its own: wherever the stage runs, its journal
 * knows them all, and a command that was committed but not journalled before a kill is journalled by the next stage.
 */
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { withDeadline } from '../../rooms/deadline.ts';
import { inBackground } from '../../rooms/in-background.ts';
import type { Log, StageHolder, StageLease, StageRecords, StageStore } from '../../rooms/ports.ts';
import type { EventId } from '../../schemas/ids.ts';
import { CommandEntry, StageSnapshot } from '../../schemas/stage.ts';
import type { RedisConnection } from './connect.ts';
import { type LeaseTerms, type StageScripts, stageScripts } from './stage-scripts.ts';

/** From the last renewal to the moment when another process may take over: three renewals may get lost. */
const LEASE_MS = 1_500;
const RENEW_EVERY_MS = 500;
/** After Redis was emptied: longer than a living stage needs to dial again (at worst 1.1 s) and to renew. */
const SETTLE_MS = 2_000;
/** Below the deadline of whoever waits, so that a commit's answer is always heard: what is refused here is in doubt, and settled. */
const COMMIT_WITHIN_MS = 400;
/** The journal may take this much longer; then the commit stands without it, and the next stage journals it. */
const KEEP_WITHIN_MS = 50;
/** What is stored in the last moment could not be answered in time. */
const ANSWERED_WITHIN_MS = 20;
const COMMANDS_TAKEN_OVER = 500;
/** Far more than two clocks part between two renewals. */
const FORGOTTEN_MS_PER_ANSWER = 1;

export interface RedisStageStoreDeps {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  readonly log: Log;
  readonly processId: () => string;
  /** Known once this process listens. */
  readonly publicAddress: () => string | null;
  /** What is known of stages besides: this machine's journal, and the database if there is one. */
  readonly records: StageRecords;
  readonly leaseMs?: number;
  readonly renewEveryMs?: number;
  /** 0: whoever asks first after Redis was emptied gets the event. */
  readonly settleMs?: number;
}

/** A stage of this process. */
interface Given {
  readonly epoch: number;
  /** What was committed last, to be put back if Redis loses it. */
  last: { readonly seq: number; readonly text: string } | null;
  /** The commit that nobody knows the fate of. */
  doubt: number | null;
  /** It stored what it told its host it had not: it must not go on. */
  isOver: boolean;
  /** One thing after another. */
  turn: Promise<unknown>;
}

export function redisStageStore(deps: RedisStageStoreDeps): StageStore & StageLease {
  return new RedisStageStore(deps);
}

class RedisStageStore implements StageStore, StageLease {
  readonly #deps: RedisStageStoreDeps;
  readonly #scripts: StageScripts;
  readonly #given = new Map<EventId, Given>();
  #attempt = 0;
  /** By how much Redis's clock is ahead of ours, at least. Event time will not do: it may take its time to follow another Redis. */
  #redisAheadMs = Number.NEGATIVE_INFINITY;

  constructor(deps: RedisStageStoreDeps) {
    this.#deps = deps;
    this.#scripts = stageScripts(deps.connection.commands);
  }

  async acquire(eventId: EventId, atLeastEpoch = 0): Promise<number> {
    const { connection, records } = this.#deps;
    const known = await records.newest(eventId);
    const floor = Math.max(atLeastEpoch, known.epoch);
    const [outcome, value, saidMs] = await connection.ask('acquire', () => this.#scripts.acquire(eventId, floor, this.#terms()));
    this.#hearTime(saidMs);
    if (outcome === 'held') throw new PartyError('stage_unavailable', 'Another process runs the stage.', Math.max(0, value));
    if (outcome === 'settling') {
      await this.#offer(eventId, known.snapshot);
      throw new PartyError('stage_unavailable', 'Redis was emptied; whoever remembers goes first.', value);
    }
    this.#given.set(eventId, { epoch: value, last: null, doubt: null, isOver: false, turn: Promise.resolve() });
    try {
      await this.#takeOverCommands(eventId);
    } catch (error) {
      await this.#release(eventId, value);
      throw error;
    }
    return value;
  }

  async load(eventId: EventId): Promise<StageSnapshot | null> {
    const { connection, records } = this.#deps;
    const [text, { snapshot: kept }] = await Promise.all([
      connection.ask('load', () => this.#scripts.snapshot(eventId)),
      records.newest(eventId),
    ]);
    const stored = text === null ? null : StageSnapshot.parse(JSON.parse(text));
    if (stored === null || kept === null) return stored ?? kept;
    return kept.epoch > stored.epoch || (kept.epoch === stored.epoch && kept.seq > stored.seq) ? kept : stored;
  }

  async commit(snapshot: StageSnapshot, entry: CommandEntry | null): Promise<'committed' | 'fenced'> {
    const { clock, log, records } = this.#deps;
    const giveUpAtMs = clock.nowMs() + COMMIT_WITHIN_MS;
    const outcome = await this.#inTurn(snapshot, giveUpAtMs, JSON.stringify(snapshot), entry);
    if (outcome === 'fenced') return outcome;
    const kept = records.keep(snapshot, entry);
    inBackground(kept, log, 'a commit is not in the journal; the next stage puts it there');
    const waitMs = giveUpAtMs - clock.nowMs() + KEEP_WITHIN_MS;
    await withDeadline(
      clock,
      kept.catch(() => undefined),
      () => Promise.resolve(),
      Math.max(0, waitMs),
    );
    return outcome;
  }

  async holder(eventId: EventId): Promise<StageHolder | null> {
    const { processId, publicAddress, epoch } = await this.#deps.connection.ask('holder', () => this.#scripts.holder(eventId));
    if (processId === undefined) return null;
    return { processId, publicAddress: publicAddress || null, epoch: Number(epoch) };
  }

  hold(eventId: EventId, epoch: number, onLost: () => void): () => Promise<void> {
    const { clock, log, renewEveryMs = RENEW_EVERY_MS } = this.#deps;
    let phase: 'idle' | 'renewing' | 'over' = 'idle';
    const stop = clock.every(renewEveryMs, () => {
      if (phase === 'idle') inBackground(renew(), log, 'a lease was not renewed');
    });
    const renew = async () => {
      phase = 'renewing';
      const outcome = await this.#renew(eventId, epoch).catch(() => 'away' as const);
      if (phase !== 'renewing') return;
      phase = outcome === 'lost' ? 'over' : 'idle';
      if (phase === 'idle') return;
      stop();
      onLost();
    };
    return async () => {
      phase = 'over';
      stop();
      await this.#release(eventId, epoch);
    };
  }

  /** 'held' although Redis may have had to be reminded; 'lost': another stage has taken over, or this one must not go on. */
  async #renew(eventId: EventId, epoch: number): Promise<'held' | 'lost'> {
    const given = this.#given.get(eventId);
    if (given === undefined || given.epoch !== epoch || given.isOver) return 'lost';
    if (given.doubt !== null) await this.#queue(given, () => this.#settle(eventId, given, COMMIT_WITHIN_MS));
    if (given.isOver) return 'lost';
    const place = { epoch, seq: given.last?.seq ?? -1, attempt: this.#attempt };
    const [outcome, saidMs] = await this.#deps.connection.ask('renew', () => this.#scripts.renew(eventId, place, this.#terms()));
    this.#hearTime(saidMs);
    if (outcome === 'forgotten') await this.#queue(given, () => this.#remind(eventId, given));
    return outcome === 'lost' ? 'lost' : 'held';
  }

  async #inTurn(snapshot: StageSnapshot, giveUpAtMs: number, text: string, entry: CommandEntry | null) {
    const { clock, log } = this.#deps;
    const { eventId, epoch, seq } = snapshot;
    const given = this.#given.get(eventId);
    if (given === undefined || given.epoch !== epoch) return 'fenced';
    return this.#queue(given, async () => {
      const leftMs = () => giveUpAtMs - clock.nowMs();
      if (given.doubt !== null) await this.#settle(eventId, given, leftMs());
      if (given.isOver) return 'fenced';
      const outcome = await this.#send(eventId, given, { seq, text }, entry, leftMs());
      if (outcome === 'committed' || outcome === 'fenced') return outcome;
      log.warn({ eventId, epoch, outcome }, 'Redis did not take a commit');
      throw new PartyError('unavailable', `Redis did not take it: ${outcome}.`, 1_000);
    });
  }

  /** Sends one commit; without an answer it is in doubt, until it is settled before the next one or with the next renewal. */
  async #send(eventId: EventId, given: Given, last: NonNullable<Given['last']>, entry: CommandEntry | null, withinMs: number) {
    const { connection, clock } = this.#deps;
    if (withinMs <= 0) throw new PartyError('unavailable', 'Redis is behind.', 1_000);
    const attempt = ++this.#attempt;
    given.doubt = attempt;
    const place = { epoch: given.epoch, seq: last.seq, attempt };
    const text = entry === null ? '' : JSON.stringify(entry);
    const notAfterMs = Math.floor(clock.nowMs() + this.#redisAheadMs + withinMs - ANSWERED_WITHIN_MS);
    const commit = () => this.#scripts.commit(eventId, place, last.text, text, notAfterMs);
    const outcome = await connection.ask('commit', commit, withinMs);
    given.doubt = null;
    if (outcome === 'committed') given.last = last;
    return outcome;
  }

  async #settle(eventId: EventId, given: Given, withinMs: number): Promise<void> {
    const { connection, log } = this.#deps;
    const { doubt, epoch } = given;
    if (doubt === null) return;
    if (withinMs <= 0) throw new PartyError('unavailable', 'Redis is behind.', 1_000);
    const outcome = await connection.ask('settle', () => this.#scripts.settle(eventId, epoch, doubt), withinMs);
    given.doubt = null;
    given.isOver = outcome !== 'unwritten';
    if (outcome === 'written')
      log.warn({ eventId, epoch }, 'a refused command was stored after all: the stage begins anew from it');
  }

  /** An answer that was long on its way, or waited for us, says too little: the one that says most counts, for a while. */
  #hearTime(saidMs: number): void {
    this.#redisAheadMs = Math.max(saidMs - this.#deps.clock.nowMs(), this.#redisAheadMs - FORGOTTEN_MS_PER_ANSWER);
  }

  /** Redis lost what was committed: it gets the newest again. */
  async #remind(eventId: EventId, given: Given): Promise<void> {
    if (given.doubt !== null || given.last === null) return;
    const outcome = await this.#send(eventId, given, given.last, null, COMMIT_WITHIN_MS);
    if (outcome === 'committed') this.#deps.log.info({ eventId, epoch: given.epoch }, 'Redis was reminded of a stage');
  }

  async #offer(eventId: EventId, snapshot: StageSnapshot | null): Promise<void> {
    if (snapshot === null) return;
    const { epoch, seq } = snapshot;
    await this.#deps.connection.ask('offer', () => this.#scripts.offer(eventId, epoch, seq, JSON.stringify(snapshot)));
  }

  async #takeOverCommands(eventId: EventId): Promise<void> {
    const { connection, records, log } = this.#deps;
    const texts = await connection.ask('commands', () => this.#scripts.commands(eventId, COMMANDS_TAKEN_OVER));
    const parsed = texts.map((text) => CommandEntry.safeParse(JSON.parse(text)));
    const entries = parsed.flatMap(({ data }) => (data === undefined ? [] : [data]));
    if (entries.length < texts.length)
      log.error({ eventId, lost: texts.length - entries.length }, 'unreadable commands in Redis');
    await records.keepCommands(entries);
  }

  /** Never rejects: a lease that cannot be given back runs out. */
  async #release(eventId: EventId, epoch: number): Promise<void> {
    const { connection } = this.#deps;
    if (this.#given.get(eventId)?.epoch === epoch) this.#given.delete(eventId);
    await connection.ask('release', () => this.#scripts.release(eventId, epoch)).catch(() => undefined);
  }

  #queue<T>(given: Given, act: () => Promise<T>): Promise<T> {
    const done = given.turn.then(act);
    given.turn = done.catch(() => undefined);
    return done;
  }

  #terms(): LeaseTerms {
    const { processId, publicAddress, leaseMs: ttlMs = LEASE_MS, settleMs = SETTLE_MS } = this.#deps;
    return { processId: processId(), publicAddress: publicAddress(), ttlMs, settleMs };
  }
}
