/**
 * Colyseus Presence over our two connections. Colyseus drops most of the promises it gets from Presence, so each of them has
 * an owner here; nothing is queued for a Redis that is away, so nothing old is ever published late.
 */
import { RedisPresence } from '@colyseus/redis-presence';
import { inBackground } from '../../rooms/in-background.ts';
import type { Log } from '../../rooms/ports.ts';
import type { RedisConnection } from './connect.ts';

type Listener = (message: unknown) => void;

export interface RedisPresenceDeps {
  readonly connection: RedisConnection;
  readonly log: Log;
  /** A listener threw; it harms nobody else. */
  readonly onListenerError: (error: unknown) => void;
}

/**
 * `publish` and the writes reject with what Redis said when it is away; `subscribe` and `unsubscribe` never reject: they hold
 * as soon as Redis is there. Closing the connection is its owner's business.
 */
export class PartyPresence extends RedisPresence {
  // Colyseus gives each room an object that inherits from this one: `#private` members would not be found on it.
  private readonly connection: RedisConnection;
  private readonly log: Log;
  private readonly onListenerError: (error: unknown) => void;
  private readonly listeners = new Map<string, Set<Listener>>();

  constructor({ connection, log, onListenerError }: RedisPresenceDeps) {
    // The stock constructor makes connections of its own; these two never dial.
    super({ lazyConnect: true });
    this.pub = connection.commands;
    this.sub = connection.listening;
    this.connection = connection;
    this.log = log;
    this.onListenerError = onListenerError;
    connection.listening.on('ready', () => this.subscribeAll());
    connection.listening.on('message', (channel: string, text: string) => this.hear(channel, text));
  }

  override async subscribe(topic: string, listener: Listener): Promise<this> {
    const known = this.listeners.get(topic);
    if (known !== undefined) known.add(listener);
    else this.listeners.set(topic, new Set([listener]));
    await this.confirmed(this.connection.listening.subscribe(this.channelOf(topic)), topic);
    return this;
  }

  override async unsubscribe(topic: string, listener?: Listener): Promise<this> {
    const known = this.listeners.get(topic);
    if (known === undefined) return this;
    if (listener === undefined) known.clear();
    else known.delete(listener);
    if (known.size > 0) return this;
    this.listeners.delete(topic);
    await this.confirmed(this.connection.listening.unsubscribe(this.channelOf(topic)), topic);
    return this;
  }

  override publish(topic: string, message: unknown): Promise<void> {
    return this.owned(super.publish(this.channelOf(topic), message), 'a message was not published');
  }

  override async channels(pattern = '*'): Promise<string[]> {
    const channels = await super.channels(this.channelOf(pattern));
    return channels.map((channel) => channel.slice(this.connection.prefix.length));
  }

  /** The process's own figures, once a second at most. */
  override hset(key: string, field: string, value: string): Promise<boolean> {
    return this.owned(super.hset(key, field, value), 'a field was not written');
  }

  /** Resolves although Redis is away: it is what a shutdown begins with, which must go on. */
  override async hdel(key: string, field: string): Promise<boolean> {
    return super.hdel(key, field).catch((err: unknown) => {
      this.log.warn({ err, key }, 'a field was not removed');
      return false;
    });
  }

  override setMaxListeners(): void {
    // There is no limit here.
  }

  override shutdown(): void {
    this.listeners.clear();
  }

  private channelOf(topic: string): string {
    return `${this.connection.prefix}${topic}`;
  }

  /** Whoever awaits it sees the failure; whoever does not is not ended by it. */
  private owned<T>(promise: Promise<T>, what: string): Promise<T> {
    promise.catch((err: unknown) => this.log.debug({ err }, what));
    return promise;
  }

  private async confirmed(asked: Promise<unknown>, topic: string): Promise<void> {
    await asked.catch((err: unknown) => this.log.debug({ err, topic }, 'a subscription waits for Redis'));
  }

  private subscribeAll(): void {
    const channels = [...this.listeners.keys()].map((topic) => this.channelOf(topic));
    if (channels.length === 0) return;
    inBackground(this.connection.listening.subscribe(...channels), this.log, 'could not subscribe again');
  }

  private hear(channel: string, text: string): void {
    const topic = channel.slice(this.connection.prefix.length);
    const listeners = this.listeners.get(topic);
    if (listeners === undefined) return;
    try {
      const message: unknown = JSON.parse(text);
      for (const listener of listeners) this.tell(listener, message);
    } catch (err) {
      this.log.warn({ err, topic }, 'a message could not be read');
    }
  }

  private tell(listener: Listener, message: unknown): void {
    try {
      listener(message);
    } catch (error) {
      this.onListenerError(error);
    }
  }
}
