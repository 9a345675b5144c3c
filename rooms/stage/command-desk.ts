/**
 * One command after another: decided, committed, applied, published, and only then acknowledged. A commit that is
 * fenced means that another stage has taken over: this one gives up.
 */
import { PartyError, refusalOf } from '../../core/errors.ts';
import { applyNotice } from '../../core/stage/apply.ts';
import { decide } from '../../core/stage/decide.ts';
import type { Decision, StageContext, StageEffect } from '../../core/stage/decision.ts';
import type { StaffMember } from '../../schemas/chat.ts';
import { COMMANDS, type Command } from '../../schemas/commands.ts';
import type { StaffId } from '../../schemas/ids.ts';
import type { Key } from '../../schemas/section-messages.ts';
import { type CommandEntry, type StageChange, StageSnapshot } from '../../schemas/stage.ts';
import { withDeadline } from '../deadline.ts';
import { Once } from '../once.ts';
import type { VenueDeps } from '../venue.ts';

export type CommandReply = Readonly<Record<string, unknown>>;

export interface CommandDeskDeps
  extends Pick<VenueDeps, 'clock' | 'eventNowMs' | 'newId' | 'stageStore' | 'journal' | 'metrics' | 'log'> {
  readonly current: () => StageSnapshot;
  readonly leadMs: () => number;
  /** The member as the stage knows them now. */
  readonly member: (id: StaffId) => StaffMember;
  /** The line or the fan that a command names, from memory, journal, or the processes. */
  readonly targets: (command: Command) => Promise<Pick<StageContext, 'line' | 'fan'>>;
  /** Known before the commit, because the journal keeps the answer: the URL of an invitation. */
  readonly foretell: (effect: StageEffect) => CommandReply;
  /** What follows a commit outside the snapshot. Answers with what the effect found. */
  readonly perform: (effect: StageEffect, entry: CommandEntry) => Promise<CommandReply>;
  /** Of a command that was done before: its stage may have got no further than to its commit. */
  readonly redo: (entry: CommandEntry) => Promise<void>;
  /** Committed: tell everyone, keep the record. */
  readonly onCommitted: (snapshot: StageSnapshot, changes: readonly StageChange[]) => Promise<void>;
  readonly onEntry: (entry: CommandEntry) => void;
  readonly onFenced: () => void;
}

export class CommandDesk {
  readonly #deps: CommandDeskDeps;
  readonly #once = new Once<CommandReply>();
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  #fenced = false;

  constructor(deps: CommandDeskDeps) {
    this.#deps = deps;
  }

  async run(staffId: StaffId, command: Command): Promise<CommandReply> {
    const startMs = this.#deps.clock.nowMs();
    const finish = (result: string) => this.#deps.metrics.command(command.name, result, this.#deps.clock.nowMs() - startMs);
    try {
      const reply = await this.#runOnce(staffId, command);
      finish('done');
      return reply;
    } catch (error) {
      finish(refusalOf(error).code);
      throw error;
    }
  }

  /** Takes no more; resolves when what was taken is answered. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }

  /** Changes that no command asked for, such as a member of staff who was invited elsewhere; `make` is called between commands. */
  change(make: () => readonly StageChange[]): Promise<void> {
    return this.#inTurn(async () => {
      const changes = make();
      if (changes.length > 0) await this.#commit(changes, null);
    });
  }

  #runOnce(staffId: StaffId, command: Command): Promise<CommandReply> {
    const isQuery = 'query' in COMMANDS[command.name];
    if (isQuery) return this.#query(staffId, command);
    const key = keyOf(command);
    if (key === null) return this.#execute(staffId, command);
    return this.#once.run(`${staffId} ${key}`, async () => {
      const { journal } = this.#deps;
      const before = await journal.findCommandByKey(this.#deps.current().eventId, staffId, key);
      if (before?.result !== 'done') return this.#execute(staffId, command);
      await this.#deps.redo(before);
      return before.reply;
    });
  }

  async #query(staffId: StaffId, command: Command): Promise<CommandReply> {
    const nowMs = this.#deps.eventNowMs();
    const decision = this.#decide(staffId, command, {}, nowMs);
    const entry = this.#entry(staffId, command, 'done', {}, nowMs);
    const found = await Promise.all(decision.effects.map((effect) => this.#deps.perform(effect, entry)));
    return Object.assign({ ...decision.reply }, ...found) as CommandReply;
  }

  async #execute(staffId: StaffId, command: Command): Promise<CommandReply> {
    const targets = await this.#deps.targets(command);
    return this.#inTurn(async () => {
      try {
        const nowMs = this.#deps.eventNowMs();
        const decision = this.#decide(staffId, command, targets, nowMs);
        const reply = Object.assign({ ...decision.reply }, ...decision.effects.map(this.#deps.foretell)) as CommandReply;
        const entry = this.#entry(staffId, command, 'done', reply, nowMs);
        await this.#commit(decision.changes, entry);
        for (const effect of decision.effects) await this.#deps.perform(effect, entry);
        this.#deps.onEntry(entry);
        return reply;
      } catch (error) {
        await this.#journalRefusal(staffId, command, error);
        throw error;
      }
    });
  }

  #decide(staffId: StaffId, command: Command, targets: Pick<StageContext, 'line' | 'fan'>, nowMs: number): Decision {
    const { current, newId, leadMs, member } = this.#deps;
    return decide({ snapshot: current(), newId, leadMs: leadMs(), member: member(staffId), ...targets }, command, nowMs);
  }

  async #commit(changes: readonly StageChange[], entry: CommandEntry | null): Promise<void> {
    const { clock, current, log, stageStore } = this.#deps;
    if (this.#fenced) throw unavailable();
    const before = current();
    const { epoch, seq } = before;
    const next = changes.length === 0 ? before : applyNotice(before, { epoch, seq: seq + 1, changes });
    // What no link could read would be the event's end: it is refused while the last good one is still all there is.
    if (!StageSnapshot.safeParse(next).success) throw new Error('a command would have made a snapshot that nobody can read');
    const placed = entry === null ? null : Object.assign(entry, { seq: next.seq });
    const committed = stageStore.commit(next, placed).catch((err: unknown) => {
      log.warn({ err, command: entry?.command }, 'a command could not be committed');
      throw unavailable();
    });
    const outcome = await withDeadline(clock, committed, () => Promise.reject(unavailable()));
    if (outcome === 'fenced') {
      this.#fenced = true;
      this.#deps.onFenced();
      throw unavailable();
    }
    if (changes.length > 0) await this.#deps.onCommitted(next, changes);
  }

  async #journalRefusal(staffId: StaffId, command: Command, error: unknown): Promise<void> {
    const { code, message } = refusalOf(error);
    const entry = this.#entry(staffId, command, code, { message }, this.#deps.eventNowMs());
    this.#deps.onEntry(entry);
    await this.#deps.journal.appendCommand(entry).catch((err: unknown) => {
      this.#deps.log.error({ err, command: command.name }, 'a refused command was not journalled');
    });
  }

  #entry(staffId: StaffId, command: Command, result: string, reply: CommandReply, atMs: number): CommandEntry {
    const { eventId, epoch, seq } = this.#deps.current();
    const { key: _key, ...payload } = command.payload as { readonly key?: Key; readonly reason?: string };
    return {
      id: `cmd_${this.#deps.newId(16)}`,
      eventId,
      epoch,
      seq,
      atMs,
      staffId,
      staffName: this.#deps.member(staffId).name,
      command: command.name,
      payload,
      reason: payload.reason ?? '',
      result,
      key: keyOf(command),
      reply,
    };
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(unavailable());
    const turn = this.#last.then(act, act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function keyOf(command: Command): Key | null {
  return 'key' in command.payload ? (command.payload.key ?? null) : null;
}

function unavailable(): PartyError {
  return new PartyError('stage_unavailable', 'The stage cannot take commands right now; try again.', 1_000);
}
