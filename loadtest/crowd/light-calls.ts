/**
 * The calls of light fans: HTTP/1.1 over pooled sockets that are kept open. What doors answer, and no more: a status and JSON.
 * The built-in `fetch` takes 200 µs a call, more than all the rest of a fan's way in.
 */
import type { CallLimits, DoorCall, HttpAnswer } from '../../client/session/door-call.ts';
import { endpointOf, type Road } from './road.ts';
import type { Reader, Wire } from './sockets.ts';

/** Sockets per origin; calls beyond wait for one, and the last goes first: in the order of their coming, a late house would answer those alone who are about to give up. */
const SOCKETS_MAX = 48;
const BODY_MAX_BYTES = 1_024 * 1_024;
/** Calls that gave up while they waited are swept together, once there are as many as others and this many. */
const SWEEP_MIN = 64;

interface Way {
  readonly pool: Pool;
  readonly pathname: string;
  readonly host: string;
}

export function lightCalls(road: Road): DoorCall {
  const pools = new Map<string, Pool>();
  const ways = new Map<string, Way>();
  /** A crowd asks for the same few thousands of times a second. undefined: light fans do not get there. */
  const wayTo = (url: string): Way | undefined => {
    const known = ways.get(url);
    if (known !== undefined) return known;
    const { origin, host, pathname, protocol } = new URL(url);
    if (protocol !== 'http:') return undefined;
    const pool = pools.get(origin) ?? new Pool(road, origin);
    const way = { pool, pathname, host };
    pools.set(origin, pool);
    ways.set(url, way);
    return way;
  };
  return (url, { method = 'GET', headers = {}, body = '' }, limits) => {
    const way = wayTo(url);
    if (way === undefined) return Promise.resolve('lost');
    const { pool, pathname, host } = way;
    let bytes = `${method} ${pathname} HTTP/1.1\r\nhost: ${host}\r\n`;
    for (const [name, value] of Object.entries(headers)) bytes += `${name}: ${value}\r\n`;
    bytes += `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    return new Promise((resolve) => pool.take(new Call(bytes, limits, resolve)));
  };
}

/**
 * A call until it is settled, one way or the other. A house that is late has ten thousand of them waiting: one timer and one listener each,
 * and nothing to be searched for.
 */
class Call {
  readonly bytes: string;
  /** A kept socket may be closing just then: such a call is made once more. */
  isSecondTry = false;
  isSettled = false;
  /** What is to be done once nobody waits for the answer any more. */
  onGivenUp: () => void = nothing;
  readonly #limits: CallLimits;
  readonly #sentAtMs: number;
  readonly #resolve: (outcome: Awaited<ReturnType<DoorCall>>) => void;
  readonly #cancel: () => void;
  readonly #giveUp = () => {
    if (this.isSettled) return;
    this.settle('silent');
    this.onGivenUp();
  };

  constructor(bytes: string, limits: CallLimits, resolve: (outcome: Awaited<ReturnType<DoorCall>>) => void) {
    this.bytes = bytes;
    this.#limits = limits;
    this.#resolve = resolve;
    this.#sentAtMs = limits.clock.nowMs();
    this.#cancel = limits.clock.after(limits.timeoutMs, this.#giveUp);
    limits.signal.addEventListener('abort', this.#giveUp);
    if (limits.signal.aborted) this.#giveUp();
  }

  answer(status: number, text: string): void {
    this.settle({ status, value: parsed(text), sentAtMs: this.#sentAtMs, receivedAtMs: this.#limits.clock.nowMs() });
  }

  settle(outcome: HttpAnswer | 'silent' | 'lost'): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.#cancel();
    this.#limits.signal.removeEventListener('abort', this.#giveUp);
    this.#resolve(outcome);
  }
}

function nothing(): void {}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

class Pool {
  readonly #road: Road;
  readonly #hostname: string;
  readonly #port: number;
  readonly #idle: Line[] = [];
  #waiting: Call[] = [];
  /** Of those that wait. */
  #givenUp = 0;
  #open = 0;

  constructor(road: Road, origin: string) {
    this.#road = road;
    const { hostname, port } = endpointOf(origin);
    this.#hostname = hostname;
    this.#port = port;
  }

  take(call: Call): void {
    if (call.isSettled) return;
    const idle = this.#idle.pop();
    if (idle !== undefined) idle.carry(call);
    else if (this.#open < SOCKETS_MAX) {
      this.#open += 1;
      new Line(this, (line) => this.#road.connect(this.#hostname, this.#port, line)).carry(call);
    } else {
      call.onGivenUp = this.#forget;
      this.#waiting.push(call);
    }
  }

  free(line: Line): void {
    const call = this.#next();
    if (call === undefined) this.#idle.push(line);
    else line.carry(call);
  }

  gone(line: Line): void {
    this.#open -= 1;
    const at = this.#idle.indexOf(line);
    if (at >= 0) this.#idle.splice(at, 1);
    const call = this.#next();
    if (call !== undefined) this.take(call);
  }

  #next(): Call | undefined {
    for (;;) {
      const call = this.#waiting.pop();
      if (call === undefined || !call.isSettled) return call;
      this.#givenUp -= 1;
    }
  }

  readonly #forget = () => {
    this.#givenUp += 1;
    if (this.#givenUp < SWEEP_MIN || this.#givenUp * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.filter(({ isSettled }) => !isSettled);
    this.#givenUp = 0;
  };
}

/** One socket, with one call on it at a time. */
class Line implements Reader {
  readonly #pool: Pool;
  readonly #wire: Wire;
  #call: Call | null = null;
  #received: Buffer | null = null;
  #isKept = false;
  readonly #abort = () => this.#wire.destroy();

  constructor(pool: Pool, open: (line: Line) => Wire) {
    this.#pool = pool;
    this.#wire = open(this);
  }

  carry(call: Call): void {
    this.#call = call;
    call.onGivenUp = this.#abort;
    this.#wire.write(Buffer.from(call.bytes));
  }

  read(bytes: Buffer, length: number): void {
    const chunk = bytes.subarray(0, length);
    const received = this.#received === null ? chunk : Buffer.concat([this.#received, chunk]);
    const answer = readAnswer(received);
    if (answer === 'broken' || received.length > BODY_MAX_BYTES) return this.#wire.destroy();
    if (answer === 'more') {
      this.#received = this.#received === null ? Buffer.from(chunk) : received;
      return;
    }
    this.#received = null;
    const call = this.#release();
    this.#isKept = true;
    if (answer.closes) this.#wire.destroy();
    else this.#pool.free(this);
    call?.answer(answer.status, answer.body);
  }

  ended(): void {
    const call = this.#release();
    this.#pool.gone(this);
    if (call === null) return;
    if (this.#isKept && this.#received === null && !call.isSecondTry) {
      call.isSecondTry = true;
      this.#pool.take(call);
    } else call.settle('lost');
  }

  #release(): Call | null {
    const call = this.#call;
    this.#call = null;
    if (call !== null) call.onGivenUp = nothing;
    return call;
  }
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Reads one answer from its beginning; 'more' while it is not whole. */
function readAnswer(bytes: Buffer): { status: number; body: string; closes: boolean } | 'more' | 'broken' {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return 'more';
  const head = bytes.toString('latin1', 0, headEnd).toLowerCase();
  const status = Number(/^http\/1\.[01] (\d{3})/.exec(head)?.[1]);
  if (!status) return 'broken';
  const from = headEnd + HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  let body: string;
  if (length !== undefined) {
    if (bytes.length < from + Number(length)) return 'more';
    body = bytes.toString('utf8', from, from + Number(length));
  } else if (/\r\ntransfer-encoding: *chunked/.test(head)) {
    const whole = readChunks(bytes, from);
    if (whole === undefined) return 'more';
    body = whole;
  } else if (status === 204 || status === 304) body = '';
  else return 'broken';
  return { status, body, closes: /\r\nconnection: *close/.test(head) };
}

/** undefined while the last chunk is still to come. */
function readChunks(bytes: Buffer, from: number): string | undefined {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (!(next <= bytes.length)) return undefined;
    if (size === 0) return Buffer.concat(parts).toString();
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
