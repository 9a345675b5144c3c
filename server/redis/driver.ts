/**
 * Colyseus's listing of rooms, written behind: what a process knows of its own rooms is in its memory, and Redis hears of it
 * once a second in one command, however many fans came and went and however many rooms they are in.
 */
import type { IRoomCache } from '@colyseus/core';
import { RedisDriver } from '@colyseus/redis-driver';
import type { Clock } from '../../core/clock.ts';
import { inBackground } from '../../rooms/in-background.ts';
import type { Log } from '../../rooms/ports.ts';
import type { RedisConnection } from './connect.ts';

const WRITE_EVERY_MS = 1_000;
/** The stock driver's key; the connection's prefix goes before it. */
const LISTINGS = 'roomcaches';

type Operations = Parameters<RedisDriver['update']>[1];

export interface RedisDriverDeps {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  readonly log: Log;
}

/** Closing the connection is its owner's business; `shutdown` only stops writing. */
export class PartyDriver extends RedisDriver {
  readonly #connection: RedisConnection;
  readonly #log: Log;
  /** Rooms of this process, by id. */
  readonly #own = new Map<string, IRoomCache>();
  readonly #changed = new Set<string>();
  readonly #gone = new Set<string>();
  readonly #stops: (() => void)[];
  #writing: Promise<void> | undefined;

  constructor({ connection, clock, log }: RedisDriverDeps) {
    super(connection.commands);
    this.#connection = connection;
    this.#log = log;
    this.#stops = [
      clock.every(WRITE_EVERY_MS, () => inBackground(this.write(), log, 'the listing of rooms was not written')),
      // It may have been emptied.
      connection.whenReady(() => this.#listAgain()),
    ];
  }

  /** Lists a room if its id is new; false when another process was first. */
  async insert(room: IRoomCache): Promise<boolean> {
    try {
      const text = JSON.stringify(room);
      const isNew = await this.#connection.ask('list a room', (redis) => redis.hsetnx(LISTINGS, room.roomId, text));
      if (isNew === 0) return false;
    } catch (error) {
      // It may be listed all the same, and nobody will ever open it.
      this.#gone.add(room.roomId);
      throw error;
    }
    this.#own.set(room.roomId, room);
    return true;
  }

  override async persist(room: IRoomCache, create = false): Promise<boolean> {
    if (!room.roomId) return false;
    if (create) this.#own.set(room.roomId, room);
    this.#touch(room);
    return true;
  }

  override async update(room: IRoomCache, { $set = {}, $inc = {} }: Operations): Promise<boolean> {
    Object.assign(room, $set);
    const counts = room as unknown as Record<string, number>;
    for (const [field, by] of Object.entries($inc)) counts[field] = (counts[field] ?? 0) + Number(by);
    this.#touch(room);
    return true;
  }

  /** Never rejects: what Redis does not hear now, it hears later. */
  override async remove(roomId: string): Promise<boolean> {
    if (!roomId) return false;
    const wasListed = this.#own.delete(roomId);
    this.#changed.delete(roomId);
    this.#gone.add(roomId);
    return wasListed;
  }

  override async has(roomId: string): Promise<boolean> {
    return this.#own.has(roomId) || super.has(roomId);
  }

  override async findOne(...[conditions, sort]: Parameters<RedisDriver['findOne']>): ReturnType<RedisDriver['findOne']> {
    const own = conditions.roomId === undefined ? undefined : this.#own.get(conditions.roomId);
    return own ?? super.findOne(conditions, sort);
  }

  /** Strikes a process's rooms off the list: our own, at shutdown, without reading the whole list. Never rejects. */
  override async cleanup(processId: string): Promise<void> {
    const own = [...this.#own.values()].filter((room) => room.processId === processId);
    if (own.length === 0) return super.cleanup(processId).catch((err: unknown) => this.#failed(err));
    for (const { roomId } of own) await this.remove(roomId);
    await this.#flush();
  }

  /** Tells Redis what it has not heard yet; done every second by itself. Never rejects. */
  write(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  override async shutdown(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    await this.#flush();
  }

  /** What is being written now may be older than what the caller has just changed. */
  async #flush(): Promise<void> {
    await this.#writing;
    await this.write();
  }

  #touch(room: IRoomCache): void {
    // A room that is being removed still counts its last leavers.
    if (this.#own.has(room.roomId)) this.#changed.add(room.roomId);
  }

  async #write(): Promise<void> {
    const changed = [...this.#changed].flatMap((id) => this.#own.get(id) ?? []);
    const gone = [...this.#gone];
    this.#changed.clear();
    this.#gone.clear();
    try {
      if (changed.length > 0) {
        const fields = changed.flatMap((room) => [room.roomId, JSON.stringify(room)]);
        await this.#connection.ask('list rooms', (redis) => redis.hset(LISTINGS, ...fields));
      }
      if (gone.length > 0) await this.#connection.ask('strike rooms', (redis) => redis.hdel(LISTINGS, ...gone));
    } catch (error) {
      for (const { roomId } of changed) if (this.#own.has(roomId)) this.#changed.add(roomId);
      for (const roomId of gone) this.#gone.add(roomId);
      this.#failed(error);
    }
  }

  #listAgain(): void {
    for (const roomId of this.#own.keys()) this.#changed.add(roomId);
    inBackground(this.write(), this.#log, 'the listing of rooms was not written');
  }

  #failed(err: unknown): void {
    this.#log.debug({ err }, 'the listing of rooms waits for Redis');
  }
}
