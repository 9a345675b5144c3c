/**
 * The `fetch` of light fans: HTTP/1.1 over pooled sockets that are kept open. What doors answer, and no more: a status and JSON.
 * The built-in one takes 200 µs a call, more than all the rest of a fan's way in.
 */
import type { Fetch } from '../../client/session/doors.ts';
import { endpointOf, type Road } from './road.ts';
import type { Reader, Wire } from './sockets.ts';

type Answer = Awaited<ReturnType<Fetch>>;

/** Sockets per origin; calls beyond wait for one, and the last goes first: in the order of their coming, a late house would answer those alone who are about to give up. */
const SOCKETS_MAX = 48;
const BODY_MAX_BYTES = 1_024 * 1_024;

interface Call {
  readonly bytes: string;
  readonly signal: AbortSignal | null;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  /** A kept socket may be closing just then: such a call is made once more. */
  isSecondTry: boolean;
}

interface Way {
  readonly pool: Pool;
  readonly pathname: string;
  readonly host: string;
}

export function lightFetch(road: Road): Fetch {
  const pools = new Map<string, Pool>();
  const ways = new Map<string, Way>();
  /** A crowd asks for the same few thousands of times a second. */
  const wayTo = (url: string): Way => {
    const known = ways.get(url);
    if (known !== undefined) return known;
    const { origin, host, pathname } = new URL(url);
    const pool = pools.get(origin) ?? new Pool(road, origin);
    const way = { pool, pathname, host };
    pools.set(origin, pool);
    ways.set(url, way);
    return way;
  };
  return (url, init) => {
    const { pool, pathname, host } = wayTo(url);
    const body = typeof init.body === 'string' ? init.body : '';
    let bytes = `${init.method ?? 'GET'} ${pathname} HTTP/1.1\r\nhost: ${host}\r\n`;
    for (const [name, value] of Object.entries((init.headers ?? {}) as Record<string, string>)) bytes += `${name}: ${value}\r\n`;
    bytes += `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    return pool.call(bytes, init.signal ?? null);
  };
}

class Pool {
  readonly #road: Road;
  readonly #hostname: string;
  readonly #port: number;
  readonly #idle: Line[] = [];
  readonly #waiting: Call[] = [];
  #open = 0;

  constructor(road: Road, origin: string) {
    this.#road = road;
    const { hostname, port } = endpointOf(origin);
    this.#hostname = hostname;
    this.#port = port;
  }

  call(bytes: string, signal: AbortSignal | null): Promise<Answer> {
    return new Promise((resolve, reject) => this.take({ bytes, signal, resolve, reject, isSecondTry: false }));
  }

  take(call: Call): void {
    if (call.signal?.aborted) return call.reject(new Error('aborted'));
    const idle = this.#idle.pop();
    if (idle !== undefined) idle.carry(call);
    else if (this.#open < SOCKETS_MAX) {
      this.#open += 1;
      new Line(this, (line) => this.#road.connect(this.#hostname, this.#port, line)).carry(call);
    } else this.#await(call);
  }

  /** Who gives up is told so at once, not when its turn comes: under load that may be never. */
  #await(call: Call): void {
    this.#waiting.push(call);
    const giveUp = () => {
      const at = this.#waiting.indexOf(call);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      call.reject(new Error('aborted'));
    };
    call.signal?.addEventListener('abort', giveUp, { once: true });
  }

  free(line: Line): void {
    const call = this.#waiting.pop();
    if (call === undefined) this.#idle.push(line);
    else line.carry(call);
  }

  gone(line: Line): void {
    this.#open -= 1;
    const at = this.#idle.indexOf(line);
    if (at >= 0) this.#idle.splice(at, 1);
    const call = this.#waiting.pop();
    if (call !== undefined) this.take(call);
  }
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
    call.signal?.addEventListener('abort', this.#abort);
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
    call?.resolve(answer);
  }

  ended(): void {
    const call = this.#release();
    this.#pool.gone(this);
    if (call === null) return;
    if (this.#isKept && this.#received === null && !call.isSecondTry && !call.signal?.aborted) {
      call.isSecondTry = true;
      this.#pool.take(call);
    } else call.reject(new Error('the connection ended before the answer'));
  }

  #release(): Call | null {
    const call = this.#call;
    this.#call = null;
    call?.signal?.removeEventListener('abort', this.#abort);
    return call;
  }
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Reads one answer from its beginning; 'more' while it is not whole. */
function readAnswer(bytes: Buffer): (Answer & { readonly closes: boolean }) | 'more' | 'broken' {
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
  return { status, closes: /\r\nconnection: *close/.test(head), json: async () => JSON.parse(body) as unknown };
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
