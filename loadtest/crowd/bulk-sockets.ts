/**
 * Sockets that are looked at all at once, now and then, by the system's own calls (Linux). A process that wakes for each frame is given the core
 * for each frame: a switch of context on both sides, which costs more than the frame. Phones do not share cores with their server, so a
 * crowd that does reads in bulk.
 */
import type { Destination, Reader, Sockets, Source, Wire } from './sockets.ts';
import {
  AF_INET,
  AF_INET6,
  bind,
  close,
  connect,
  controlPoll,
  createPoll,
  EAGAIN,
  EINPROGRESS,
  EINTR,
  EPOLL_CLOEXEC,
  EPOLL_CTL,
  EPOLLERR,
  EPOLLET,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLRDHUP,
  EVENT_FD_WORD,
  EVENT_WORDS,
  errorNumber,
  IP_BIND_ADDRESS_NO_PORT,
  IPPROTO_IP,
  IPPROTO_TCP,
  MSG_NOSIGNAL,
  receive,
  SHUT_WR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  send,
  setOption,
  shutDown,
  socket,
  socketAddress,
  TCP_NODELAY,
  waitPoll,
} from './system-calls.ts';

const READ_BYTES = 64 * 1_024;
/** Read in one turn: promises are kept only after it, and clocks ask them for the time. */
const EVENTS_PER_TURN = 64;
/** What a crowd may take longer to see than a phone would. */
const NAP_MS = 8;

const LISTENS = EPOLLIN | EPOLLRDHUP | EPOLLET;
const ENDS = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
const ON = Int32Array.of(1);
const never = new Int32Array(new SharedArrayBuffer(4));

/** Sockets that this process reads in bulk until they are disposed of. Between two looks it sleeps, whatever comes meanwhile. */
export function bulkSockets(): Sockets & Disposable {
  const sockets = new BulkSockets();
  let hasMore = false;
  const turn = () => {
    if (sockets.isClosed) return;
    if (!hasMore) Atomics.wait(never, 0, 0, NAP_MS);
    hasMore = sockets.look();
    if (!hasMore) sockets.looked();
    setImmediate(turn);
  };
  setImmediate(turn);
  return sockets;
}

class BulkSockets implements Sockets, Disposable {
  isClosed = false;
  readonly poll = createPoll(EPOLL_CLOEXEC);
  readonly buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly #words = new Int32Array(EVENTS_PER_TURN * EVENT_WORDS);
  readonly #events = Buffer.from(this.#words.buffer);
  readonly #event = new Int32Array(EVENT_WORDS);
  readonly #eventBytes = Buffer.from(this.#event.buffer);
  /** By descriptor. */
  readonly #wires: (BulkWire | undefined)[] = [];
  #afterLook: (() => void)[] = [];

  open(to: Destination, from: Source | null, reader: Reader): Wire {
    const wire = new BulkWire(this, from, reader, connected(to, from));
    if (wire.fd >= 0) this.#wires[wire.fd] = wire;
    return wire;
  }

  /** Reads what has come; true when there may be more. */
  look(): boolean {
    const found = waitPoll(this.poll, this.#events, EVENTS_PER_TURN, 0);
    for (let at = 0; at < found * EVENT_WORDS; at += EVENT_WORDS) {
      const fd = this.#words[at + EVENT_FD_WORD] as number;
      // One that was closed within this turn is gone; one that has its descriptor by now finds nothing to read.
      this.#wires[fd]?.ready(this.#words[at] as number);
    }
    return found === EVENTS_PER_TURN;
  }

  [Symbol.dispose](): void {
    this.isClosed = true;
    for (const wire of this.#wires) wire?.destroy();
    close(this.poll);
  }

  afterLook(task: () => void): void {
    this.#afterLook.push(task);
  }

  /** Nothing more is there. */
  looked(): void {
    const tasks = this.#afterLook;
    if (tasks.length === 0) return;
    this.#afterLook = [];
    // By then promises that were kept by the last reads have been heard.
    setImmediate(() => {
      for (const task of tasks) task();
    });
  }

  /** What to look for at `fd`. */
  watch(operation: number, fd: number, events: number): void {
    this.#event[0] = events;
    this.#event[EVENT_FD_WORD] = fd;
    controlPoll(this.poll, operation, fd, this.#eventBytes);
  }

  forget(fd: number): void {
    this.#wires[fd] = undefined;
  }
}

class BulkWire implements Wire {
  /** −1: over. */
  fd: number;
  readonly #sockets: BulkSockets;
  readonly #from: Source | null;
  readonly #reader: Reader;
  /** What the system would not take yet. */
  #waiting: Uint8Array[] | null = null;
  #isEnding = false;
  #isPaused = false;

  constructor(sockets: BulkSockets, from: Source | null, reader: Reader, fd: number) {
    this.#sockets = sockets;
    this.#from = from;
    this.#reader = reader;
    this.fd = fd;
    if (from !== null) from.connections += 1;
    if (fd < 0) this.#told();
    else sockets.watch(EPOLL_CTL.add, fd, LISTENS);
  }

  /** Whatever else is the matter with a socket, reading says so as well. */
  ready(events: number): void {
    if (events !== EPOLLOUT) this.#read((events & ENDS) !== 0);
    if (this.fd >= 0 && (events & EPOLLOUT) !== 0) this.#flush();
  }

  write(bytes: Uint8Array): void {
    if (this.fd < 0 || this.#isEnding) return;
    if (this.#waiting !== null) return void this.#waiting.push(bytes);
    const sent = send(this.fd, bytes, bytes.length, MSG_NOSIGNAL);
    if (sent === bytes.length) return;
    if (sent < 0 && !isForLater()) return this.destroy();
    this.#waiting = [bytes.subarray(Math.max(0, sent))];
    this.#watch(EPOLL_CTL.change);
  }

  end(): void {
    if (this.fd < 0 || this.#isEnding) return;
    this.#isEnding = true;
    if (this.#waiting === null) shutDown(this.fd, SHUT_WR);
  }

  destroy(): void {
    if (this.fd < 0) return;
    this.#sockets.forget(this.fd);
    close(this.fd);
    this.fd = -1;
    this.#waiting = null;
    this.#told();
  }

  pause(): void {
    if (this.fd < 0 || this.#isPaused) return;
    this.#isPaused = true;
    this.#watch(EPOLL_CTL.remove);
  }

  resume(): void {
    if (this.fd < 0 || !this.#isPaused) return;
    this.#isPaused = false;
    this.#watch(EPOLL_CTL.add);
  }

  /** Until nothing is there, since we are told once: what did not fill the buffer was the last, unless the end is behind it. */
  #read(hasEnd: boolean): void {
    const { buffer } = this.#sockets;
    for (;;) {
      const length = receive(this.fd, buffer, READ_BYTES, 0);
      if (length === 0 || (length < 0 && !isForLater())) return this.destroy();
      if (length > 0) this.#reader.read(buffer, length);
      if ((length < READ_BYTES && !hasEnd) || length < 0 || this.fd < 0 || this.#isPaused) return;
    }
  }

  #flush(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const [index, bytes] of waiting.entries()) {
      const sent = send(this.fd, bytes, bytes.length, MSG_NOSIGNAL);
      if (sent === bytes.length) continue;
      if (sent < 0 && !isForLater()) return this.destroy();
      this.#waiting = [bytes.subarray(Math.max(0, sent)), ...waiting.slice(index + 1)];
      return;
    }
    this.#watch(EPOLL_CTL.change);
    if (this.#isEnding) shutDown(this.fd, SHUT_WR);
  }

  #watch(operation: number): void {
    if (this.#isPaused && operation === EPOLL_CTL.change) return;
    this.#sockets.watch(operation, this.fd, this.#waiting === null ? LISTENS : LISTENS | EPOLLOUT);
  }

  #told(): void {
    if (this.#from !== null) this.#from.connections -= 1;
    queueMicrotask(() => this.#reader.ended());
  }
}

function isForLater(): boolean {
  const error = errorNumber();
  return error === EAGAIN || error === EINTR;
}

/** A descriptor that is connected, or about to be; −1 when that cannot be. */
function connected({ address, port }: Destination, from: Source | null): number {
  const fd = socket(address.includes(':') ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  setOption(fd, IPPROTO_TCP, TCP_NODELAY, ON, 4);
  const to = socketAddress(address, port);
  if ((from === null || isBound(fd, from.address)) && (connect(fd, to, to.length) === 0 || errorNumber() === EINPROGRESS))
    return fd;
  close(fd);
  return -1;
}

function isBound(fd: number, address: string): boolean {
  const own = socketAddress(address, 0);
  setOption(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, ON, 4);
  return bind(fd, own, own.length) === 0;
}
