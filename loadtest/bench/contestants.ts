/** Who is compared: each a server program in a process of its own, and a fan's way into it. */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { systemClock } from '../../core/clock.ts';
import { type Fan, joinFloor, joinRoom, type Tally } from './fan.ts';
import { FLOOR_SPEAK } from './floor.ts';
import { silenceIn } from './silence.ts';

export type ContestantName = 'ours' | 'stock' | 'floor';

export interface Contestant {
  readonly name: ContestantName;
  readonly program: string;
  /** What the program is started with, for data in this folder. */
  readonly args: (dataDir: string) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when the fan has a whole state. Rejects when it was turned away. */
  join(port: number, n: number, tally: Tally): Promise<Fan>;
  /** One line in every room: makes one frame for each fan. */
  speak(fans: readonly Fan[], n: number): void;
  /** What a page asks by itself while nothing happens, now and then. */
  keepInTouch(fan: Fan): void;
}

/** Bounds that stand for many addresses, when a whole crowd comes from one. */
const MANY = '10000000';

const clock = systemClock();
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export const CONTESTANTS: readonly Contestant[] = [
  {
    name: 'ours',
    program: 'server/main.ts',
    args: (dataDir) => ['--media', silenceIn(dataDir)],
    env: {
      ADMISSIONS_PER_S: '100000',
      TICKETS_PER_MINUTE_PER_NETWORK: MANY,
      REQUESTS_PER_MINUTE_PER_NETWORK: MANY,
      LOG_LEVEL: 'error',
    },
    async join(port, n, tally) {
      const { ticket, seat } = await granted(port, n);
      const path = `/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}&_authToken=${ticket}&skipHandshake=1`;
      return joinRoom(port, path, seat.roomId, tally);
    },
    speak: sayInEveryRoom,
    keepInTouch: (fan) => fan.ask('clock', { t0: 1.5 }),
  },
  {
    name: 'stock',
    program: 'loadtest/bench/stock-server.ts',
    args: () => [],
    env: {},
    async join(port, _n, tally) {
      const { body } = await post(port, '/matchmake/joinOrCreate/section', {});
      const seat = body as Seat;
      return joinRoom(port, `/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}`, seat.roomId, tally);
    },
    speak: sayInEveryRoom,
    keepInTouch: () => undefined,
  },
  {
    name: 'floor',
    program: 'loadtest/bench/floor-server.ts',
    args: () => [],
    env: {},
    join: (port, _n, tally) => joinFloor(port, tally),
    speak: ([fan]) => fan?.send(Buffer.of(FLOOR_SPEAK)),
    keepInTouch: () => undefined,
  },
];

interface Seat {
  readonly processId: string;
  readonly roomId: string;
  readonly sessionId: string;
}

/** Takes a ticket; whoever is asked to wait does. */
async function granted(port: number, n: number): Promise<{ readonly ticket: string; readonly seat: Seat }> {
  for (;;) {
    const { status, body } = await post(port, '/api/events/demo/tickets', { name: `Fan ${n}` });
    if (status === 201) return body as { ticket: string; seat: Seat };
    const { retryInMs } = body as { retryInMs?: number };
    if (retryInMs === undefined) throw new Error(`the doors answered ${status} ${JSON.stringify(body)}`);
    await new Promise<void>((resolve) => clock.after(Math.min(retryInMs, 250), resolve));
  }
}

/** Each room hears a fan who has not spoken for as long as can be. */
function sayInEveryRoom(fans: readonly Fan[], n: number): void {
  const speakers = new Map<string, Fan>();
  for (let step = 0; step < fans.length; step++) {
    const fan = fans[(n * 7 + step) % fans.length] as Fan;
    if (!speakers.has(fan.roomId)) speakers.set(fan.roomId, fan);
  }
  for (const fan of speakers.values()) fan.ask('chat', { key: `k${n}`, text: `The bass line of number ${n} is unbelievable` });
}

function post(port: number, path: string, payload: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const asks = JSON.stringify(payload);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(asks) };
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers }, (reply) => {
      const answer = text(reply).then((said) => ({ status: reply.statusCode ?? 0, body: JSON.parse(said) as unknown }));
      answer.then(resolve, reject);
    });
    asked.on('error', (error) => {
      // The server had closed a connection that was idle.
      if (asked.reusedSocket) resolve(post(port, path, payload));
      else reject(error);
    });
    asked.end(asks);
  });
}
