/**
 * The sockets' way in. One HTTP call gave the fan a ticket; here its signature is checked and its seat reserved
 * in this process, with no hop between. A refusal comes after the upgrade, because browsers report every refused
 * upgrade as 1006: first an error frame, then a close. Only a foreign origin is turned away before.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connectClientToRoom, createAuthContext, matchMaker, Transport } from '@colyseus/core';
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { reserveAtOnce } from '../../rooms/colyseus-private.ts';
import { inBackground } from '../../rooms/in-background.ts';
import type { Log, Metrics } from '../../rooms/ports.ts';
import type { Venue } from '../../rooms/venue.ts';
import { TICKET_CLOSE_CODES, type TicketErrorCode } from '../../schemas/errors.ts';
import type { EventId } from '../../schemas/ids.ts';
import type { Sealer } from '../auth/seal.ts';
import { type Attempt, judge, readAttempt } from './attempt.ts';
import { Entrance } from './entrance.ts';
import { FORBIDDEN, shakeHands, wantsWebSocket } from './handshake.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { PartyClient } from './party-client.ts';
import { PartySocket, type SocketOwner } from './party-socket.ts';
import { type SlowReaderWatch, watchSlowReaders } from './slow-readers.ts';

/** The largest frame a page may send. A line of chat is 2 KB at most; one that is several times too long is to be refused, not cut off. */
const MAX_PAYLOAD_BYTES = 16 * 1_024;

export interface PartyTransportDeps {
  readonly clock: Clock;
  readonly eventNowMs: () => number;
  readonly sealer: Sealer;
  readonly venue: Pick<Venue, 'admit'>;
  /** May a page of this origin connect? `eventId`: the event its ticket is for, if it has a true one. */
  readonly originAllowed: (req: IncomingMessage, eventId: EventId | undefined) => boolean;
  readonly metrics: Pick<Metrics, 'refusedJoin' | 'handlerError'>;
  readonly log: Log;
}

export class PartyTransport extends Transport implements SocketOwner {
  readonly maxBytes = MAX_PAYLOAD_BYTES;
  override readonly server: Server = createServer({ shouldUpgradeCallback: wantsWebSocket });
  readonly clock: Clock;
  readonly #deps: PartyTransportDeps;
  readonly #sockets = new Set<PartySocket>();
  readonly #heartbeat: Heartbeat;
  readonly #entrance: Entrance;
  readonly #slowReaders: SlowReaderWatch;

  readonly #onListingError = (err: unknown) => this.#deps.log.warn({ err }, 'a listing was not updated');

  constructor(deps: PartyTransportDeps) {
    super();
    this.#deps = deps;
    this.clock = deps.clock;
    this.#heartbeat = startHeartbeat(deps.clock);
    this.#entrance = new Entrance(this.server, (err) => this.#deps.log.error({ err }, 'a connection could not be accepted'));
    this.#slowReaders = watchSlowReaders(deps.clock, () => deps.log.info({}, 'cut a reader that is too slow'));
    this.server.on('upgrade', (req, socket, head) => this.#upgrade(req, socket, head));
  }

  /** Sockets that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Bytes written and not yet taken by the kernel, over all sockets, a second ago at most. */
  bufferedBytes(): number {
    return this.#slowReaders.bufferedBytes();
  }

  /** Resolves with the port once connections are accepted; rejects when the port is taken. */
  open(port: number, host: string | undefined): Promise<number> {
    return this.#entrance.open(port, host);
  }

  /** Ends every connection, sockets and requests alike. */
  async close(): Promise<void> {
    this.#heartbeat.stop();
    this.#slowReaders.stop();
    for (const socket of this.#sockets) socket.terminate();
    const closed = this.#entrance.close();
    this.server.closeAllConnections();
    await closed;
  }

  /** What a Colyseus server calls; ours calls `open` and `close`, which say how they went. */
  override listen(...[port, hostname, backlog, onListening]: Parameters<Transport['listen']>): this {
    this.server.listen(Number(port ?? 0), hostname, backlog, onListening as (() => void) | undefined);
    return this;
  }

  override shutdown(): void {
    inBackground(this.close(), this.#deps.log, 'the sockets did not close');
  }

  override simulateLatency(): void {
    throw new Error('latency is simulated between the machines, not in here');
  }

  onClosed(socket: PartySocket): void {
    this.#sockets.delete(socket);
    this.#slowReaders.forget(socket);
    this.#heartbeat.forget(socket);
  }

  onWaiting(socket: PartySocket): void {
    this.#slowReaders.watch(socket);
  }

  onError(error: Error): void {
    this.#deps.log.debug({ err: error }, 'socket error');
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const attempt = readAttempt(this.#deps.sealer, req.url ?? '');
    if (!this.#deps.originAllowed(req, attempt?.claims?.eventId)) {
      this.#deps.metrics.refusedJoin('forbidden_origin');
      return this.#refuse(socket, FORBIDDEN);
    }
    const { accepted, answer } = shakeHands(req);
    if (!accepted) return this.#refuse(socket, answer);
    // The answer and the room's own first word leave as one packet.
    socket.cork();
    socket.write(answer);
    this.#welcome(new PartySocket(socket as Socket, head, this), attempt);
    setImmediate(uncork, socket);
  }

  #refuse(socket: Duplex, answer: string): void {
    // Node hands the bare socket over without a listener: a reset would otherwise end the process.
    socket.on('error', (error) => this.onError(error));
    // Not only ended: whoever does not close their own end would keep the descriptor.
    socket.end(answer, () => socket.destroy());
  }

  #welcome(socket: PartySocket, attempt: Attempt | undefined): void {
    this.#sockets.add(socket);
    this.#heartbeat.watch(socket);
    this.#seatOrRefuse(socket, attempt).catch((error: unknown) => {
      this.#deps.metrics.handlerError('connection');
      this.#deps.log.error({ err: error }, 'a connection failed');
      socket.terminate();
    });
  }

  async #seatOrRefuse(socket: PartySocket, attempt: Attempt | undefined): Promise<void> {
    const client = new PartyClient(attempt?.sessionId ?? '', socket);
    const refusal = attempt ? await this.#seat(client, attempt) : 'ticket_invalid';
    if (refusal === undefined) return;
    this.#deps.metrics.refusedJoin(refusal);
    const closeCode = TICKET_CLOSE_CODES[refusal];
    client.error(closeCode, JSON.stringify({ code: refusal, message: WHY[refusal] }));
    socket.close(closeCode, refusal);
  }

  /** Seats the client in its room, or says why not. */
  async #seat(client: PartyClient, attempt: Attempt): Promise<TicketErrorCode | undefined> {
    const judgement = judge(attempt, this.#deps.eventNowMs());
    if (judgement.kind === 'refused') return judgement.code;
    const { claims } = judgement;
    // The same text, without the URL that the other is a part of.
    client.sessionId = claims.sessionId;
    const reconnecting = attempt.reconnectionToken !== undefined;
    const refusal = this.#deps.venue.admit(claims, reconnecting);
    if (refusal) return refusal;
    const room = matchMaker.getLocalRoomById(attempt.roomId);
    if (!room) return 'section_gone';
    // A goodbye may have come right behind the request.
    if (client.readyState !== client.ref.OPEN) return undefined;
    if (!reconnecting && !reserveAtOnce(room, claims, this.#onListingError)) return 'section_gone';
    try {
      await connectClientToRoom(room, client.asClient(), NO_CONTEXT, {
        ...(attempt.reconnectionToken === undefined ? {} : { reconnectionToken: attempt.reconnectionToken }),
        skipHandshake: attempt.skipHandshake,
      });
      return undefined;
    } catch (error) {
      return this.#codeOf(error, reconnecting);
    }
  }

  /** Why the room turned the client away: its own coded refusal, or what Colyseus's numbers stand for. */
  #codeOf(error: unknown, reconnecting: boolean): TicketErrorCode {
    if (error instanceof PartyError && error.code in TICKET_CLOSE_CODES) return error.code as TicketErrorCode;
    if (numberOf(error) === SEAT_TAKEN) return reconnecting ? 'section_gone' : 'ticket_used';
    this.#deps.metrics.handlerError('join');
    this.#deps.log.error({ err: error }, 'a join failed');
    return 'section_gone';
  }
}

const WHY: Readonly<Record<TicketErrorCode, string>> = {
  ticket_invalid: 'This is no ticket of ours.',
  ticket_expired: 'The ticket has expired; take a new one.',
  ticket_used: 'The ticket was used before; take a new one.',
  ticket_elsewhere: 'The ticket is for another room.',
  banned: 'You are banned from this event.',
  kicked: 'You were sent out of this event for a while.',
  ended: 'The event is over.',
  section_gone: 'The seat is gone; take a new ticket.',
};

/** Colyseus's MATCHMAKE_EXPIRED: the seat was consumed, or is held for nobody. */
const SEAT_TAKEN = 524;

function numberOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Rooms trust the ticket alone: neither the query string, which carries it, nor the headers go any further. */
const NO_CONTEXT = createAuthContext({ headers: {} });

function uncork(socket: Duplex): void {
  socket.uncork();
}
