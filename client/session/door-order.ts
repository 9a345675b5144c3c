/** Which door to try first when a seat fell silent: what keeps quiet at one port may keep quiet at all ports of its machine. */

/** The same origins, those on the lost seat's machine last and its own port at the very end. `lost`: `host[:port][/path]`. */
export function elsewhereFirst(origins: readonly string[], lost: string): string[] {
  const nearness = (origin: string) => {
    const [seat, door] = [new URL(`http://${lost}`), new URL(origin)];
    return Number(seat.hostname === door.hostname) + Number(seat.host === door.host);
  };
  return origins.toSorted((a, b) => nearness(a) - nearness(b));
}
