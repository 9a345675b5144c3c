/** Which doors to try, and which first. */

/** Origins that are remembered. */
const ORIGINS_MAX = 16;

/**
 * Our own origin, then the doors that were just named, then those known from before: whoever was not named because it was away may
 * be all there is when these are lost.
 */
export function withNews(own: string, named: readonly string[], known: readonly string[]): string[] {
  return [...new Set([own, ...named, ...known])].slice(0, Math.max(ORIGINS_MAX, 1 + named.length));
}

/** The same list, begun elsewhere: pages whose doors fell silent do not all ask the same one next. `turn`: in [0, 1), the page's own. */
export function turned(origins: readonly string[], turn: number): string[] {
  return begunBehind(origins, Math.floor(turn * origins.length));
}

/** The same list, begun behind the first `count`. */
export function begunBehind(origins: readonly string[], count: number): string[] {
  return [...origins.slice(count), ...origins.slice(0, count)];
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
