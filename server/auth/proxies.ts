/** Whose word counts for where a request comes from. One rule for HTTP and for sockets. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Says whether an address is one of our own proxies. Nobody is, unless listed. */
export type TrustProxy = (address: string) => boolean;

const RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/**
 * `entries` are addresses, CIDR ranges, or the names `loopback`, `linklocal` and `uniquelocal`, as Express has them.
 * Throws a RangeError that names the first entry that is none of these.
 */
export function trustProxies(entries: readonly string[]): TrustProxy {
  const list = new BlockList();
  for (const entry of entries.flatMap((entry) => RANGES[entry] ?? [entry])) {
    const [address = '', bits, ...rest] = entry.split('/');
    const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
    const width = bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits);
    if (
      family === undefined ||
      rest.length > 0 ||
      bits === '' ||
      !Number.isInteger(width) ||
      width < 1 ||
      width > (family === 'ipv4' ? 32 : 128)
    ) {
      throw new RangeError(`"${entry}" is neither an address nor a range`);
    }
    list.addSubnet(address, width, family);
  }
  return (address) => {
    const bare = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
    return isIP(bare) !== 0 && list.check(bare, isIPv4(bare) ? 'ipv4' : 'ipv6');
  };
}

/** The nearest address that is not one of our proxies: `x-forwarded-for` is read from the right, and only past trusted hops. */
export function clientAddress(req: IncomingMessage, trusts: TrustProxy): string | undefined {
  let address = req.socket.remoteAddress;
  const header = req.headers['x-forwarded-for'];
  const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((hop) => hop.trim());
  while (address !== undefined && trusts(address)) {
    const next = hops.pop();
    if (!next) break;
    address = next;
  }
  return address;
}

/** The origin that the browser asked at: as it came in, or as a trusted proxy says that it did. */
export function askedOrigin(req: IncomingMessage, trusts: TrustProxy): string {
  const { headers, socket } = req;
  const isProxied = socket.remoteAddress !== undefined && trusts(socket.remoteAddress);
  const told = (name: string) => (isProxied ? firstOf(headers[name]) : undefined);
  return `${told('x-forwarded-proto') ?? 'http'}://${told('x-forwarded-host') ?? headers.host ?? ''}`;
}

/** What the first of several hops said. */
function firstOf(header: string | readonly string[] | undefined): string | undefined {
  const [first] = String(header ?? '').split(',');
  return first?.trim() || undefined;
}
