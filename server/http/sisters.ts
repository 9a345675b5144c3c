/**
 * The other processes of the installation as a browser meets them: each has sockets of its own, and doors of its own where it is
 * reached directly, by an address without a path. A page that came from one of them may talk to all.
 */
export interface Sisters {
  /** Doors besides those that were asked; a front finds another door by itself. */
  readonly doors: (protocol: 'http' | 'https') => string[];
  /** Hosts whose doors and sockets our pages connect to. */
  readonly hosts: () => string[];
  /** Is this the origin of a sister's page? `host`: where the request was sent. */
  readonly isSister: (origin: string, host: string | undefined) => boolean;
}

export interface SistersDeps {
  /** Whether there can be others at all. */
  readonly isOneOfMany: boolean;
  readonly own: () => string | null;
  readonly neighbours: () => readonly { readonly publicAddress: string | null }[];
}

/** Machines come and go; no installation has had more processes than this lately. */
const REMEMBERED_MAX = 512;

export const NO_SISTERS: Sisters = { doors: () => [], hosts: () => [], isSister: () => false };

export function createSisters({ isOneOfMany, own, neighbours }: SistersDeps): Sisters {
  if (!isOneOfMany) return { ...NO_SISTERS, hosts: () => hostsOf([own()]) };
  /** Pages of a machine that is gone live on, and come to us; the newest are last. */
  const remembered = new Set<string>();
  let known: readonly { readonly publicAddress: string | null }[] | undefined;
  let addresses: (string | null)[] = [];
  let doors: Record<'http' | 'https', string[]> = { http: [], https: [] };
  /** Every ticket names all doors, and they change seldom: worked out once for each list. */
  const look = () => {
    const list = neighbours();
    if (list === known) return;
    known = list;
    addresses = list.map(({ publicAddress }) => publicAddress);
    const direct = hostsOf(addresses.filter(isDirect));
    for (const host of direct) {
      remembered.delete(host);
      remembered.add(host);
    }
    for (const host of [...remembered].slice(0, -REMEMBERED_MAX)) remembered.delete(host);
    doors = { http: direct.map((host) => `http://${host}`), https: direct.map((host) => `https://${host}`) };
  };
  return {
    doors(protocol) {
      look();
      return doors[protocol];
    },
    hosts() {
      look();
      return hostsOf([own(), ...addresses]);
    },
    isSister(origin, host) {
      if (!isDirect(own()) || !URL.canParse(origin)) return false;
      const { host: from, hostname } = new URL(origin);
      // Ports of one host are one house here: its cookies are everybody's, and a process that died was one of us.
      if (host !== undefined && nameOf(host) === plain(hostname)) return true;
      look();
      return remembered.has(from);
    },
  };
}

/** All doors of the house, the one that was asked first. */
export function doorsFrom(publicUrl: string | undefined, { doors }: Pick<Sisters, 'doors'>): (origin: string) => string[] {
  return (origin) => {
    const first = publicUrl ?? origin;
    return [...new Set([first, ...doors(first.startsWith('https:') ? 'https' : 'http')])];
  };
}

/** Behind a front, processes share its host and differ by their paths. */
function isDirect(address: string | null): boolean {
  return address !== null && !address.includes('/');
}

/** `host[:port]` of addresses, without their paths; what could break out of a header is left out. */
function hostsOf(addresses: readonly (string | null)[]): string[] {
  const hosts = addresses.map((address) => address?.split('/')[0] ?? '').filter((host) => /^[\w.:[\]-]+$/.test(host));
  return [...new Set(hosts)];
}

function nameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? plain(new URL(`http://${host}`).hostname) : host;
}

/** This machine has several names for itself. */
function plain(hostname: string): string {
  return hostname === '127.0.0.1' || hostname === '[::1]' ? 'localhost' : hostname;
}
