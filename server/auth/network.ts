/** Networks instead of addresses: a keyed hash of the prefix, so that no address is ever stored. */
import { createHmac } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { AddressHash } from '../../schemas/ids.ts';

/**
 * The network an address belongs to: /24 for IPv4, /56 for IPv6 (what a household or a small site is given).
 * An IPv4 address in IPv6 clothes is an IPv4 address. undefined when this is no address.
 */
export function addressPrefix(address: string): string | undefined {
  const bare = address.replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
  if (isIPv4(mapped)) return `${mapped.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(bare)) return undefined;
  const groups = ipv6Groups(bare);
  // ::ffff:0:0/96 written in hexadecimal.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return `${high >> 8}.${high & 0xff}.${low >> 8}.0/24`;
  }
  const kept = groups.slice(0, 4).map((group, at) => (at === 3 ? group & 0xff00 : group));
  return `${kept.map((group) => group.toString(16)).join(':')}::/56`;
}

function ipv6Groups(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = dotted
    ? `${dotted[1]}${((Number(dotted[2]) << 8) | Number(dotted[3])).toString(16)}:${((Number(dotted[4]) << 8) | Number(dotted[5])).toString(16)}`
    : address;
  const [head = '', tail] = text.split('::');
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [parse(head), parse(tail ?? '')];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** Networks that are remembered at once; a crowd comes from few. */
const REMEMBERED_MAX = 20_000;
const remembered = new Map<string, AddressHash>();

/** `key` stays the same while secrets rotate: bans name networks by this hash. */
export function hashAddress(key: string, address: string | undefined): AddressHash | null {
  const prefix = address === undefined ? undefined : addressPrefix(address);
  if (prefix === undefined) return null;
  const known = remembered.get(key + prefix);
  if (known !== undefined) return known;
  const hash = AddressHash.parse(createHmac('sha256', key).update(`network:${prefix}`).digest('hex').slice(0, 16));
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(key + prefix, hash);
  return hash;
}
