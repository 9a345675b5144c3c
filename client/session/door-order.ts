/** Which doors to try, and which first. */

/** Origins that are remembered. */
const ORIGINS_MAX = 16;
/** Whoever is told to come back within this time has no time to lose at doors that may be silent: doors wait a quarter of it for who is late. */
const SOON_MS = 60_000;

/** The doors that one page knows, in the order in which it asks them. */
export class DoorList {
  readonly #own: string;
  readonly #turn: number;
  #named: readonly string[] = [];
  #all: readonly string[];
  /** So many of them are passed over for now. */
  #passed = 0;

  /** `turn`: in [0, 1), the page's own. */
  constructor(own: string, turn: number) {
    this.#own = own;
    this.#turn = turn;
    this.#all = [own];
  }

  get origins(): readonly string[] {
    return begunAt(this.#all, this.#passed);
  }

  /** Whether doors named this origin lately: another one may be anybody's by now. */
  isNamed(origin: string): boolean {
    return origin === this.#own || this.#named.includes(origin);
  }

  /** Doors named these. */
  learn(named: readonly string[]): void {
    if (named.length === 0) return;
    // Our own is asked first anyway: in the ring, whatever comes after it would be the next of two turns.
    const others = named.filter((door) => door !== this.#own);
    this.#named = named;
    this.#reorder(withNews(this.#own, turned(others, this.#turn), this.#all));
  }

  /** The first `asked` let nobody in. */
  passOver(asked: number): void {
    this.#passed = (this.#passed + asked) % this.#all.length;
  }

  /** The last of `asked` has a place in line for us, and wants to be asked again after so long: until then those before it may have recovered. */
  stayWith(asked: number, retryInMs: number): void {
    if (retryInMs > SOON_MS) this.#passed = 0;
    else this.passOver(asked - 1);
  }

  /** A seat at `lost` fell silent. */
  avoid(lost: string): void {
    this.#reorder(elsewhereFirst(this.origins, lost));
  }

  #reorder(all: readonly string[]): void {
    this.#all = all;
    this.#passed = 0;
  }
}

/**
 * Our own origin, then the doors that were just named, then those known from before: whoever was not named because it was away may
 * be all there is when these are lost.
 */
export function withNews(own: string, named: readonly string[], known: readonly string[]): string[] {
  return [...new Set([own, ...named, ...known])].slice(0, Math.max(ORIGINS_MAX, 1 + named.length));
}

/** The same list, begun elsewhere: pages whose doors fell silent do not all ask the same one next. `turn`: in [0, 1), the page's own. */
export function turned(origins: readonly string[], turn: number): string[] {
  return begunAt(origins, Math.floor(turn * origins.length));
}

function begunAt(origins: readonly string[], first: number): string[] {
  return [...origins.slice(first), ...origins.slice(0, first)];
}

/**
 * For when a seat fell silent: what keeps quiet at one port may keep quiet at all ports of its machine. The same origins, those on the lost
 * seat's machine last and its own port at the very end. `lost`: `host[:port][/path]`.
 */
export function elsewhereFirst(origins: readonly string[], lost: string): string[] {
  const nearness = (origin: string) => {
    const [seat, door] = [new URL(`http://${lost}`), new URL(origin)];
    return Number(seat.hostname === door.hostname) + Number(seat.host === door.host);
  };
  return origins.toSorted((a, b) => nearness(a) - nearness(b));
}
