import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { addressPrefix, hashAddress } from './network.ts';
import { clientAddress, trustProxies } from './proxies.ts';

const request = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('network', () => {
  it('TK7 keeps 24 bits of an IPv4 address, however it is dressed', () => {
    for (const address of ['203.0.113.9', '::ffff:203.0.113.200', '::ffff:cb00:7109', '0:0:0:0:0:ffff:203.0.113.1']) {
      assert.equal(addressPrefix(address), '203.0.113.0/24', address);
    }
  });

  it('TK7 keeps 56 bits of an IPv6 address', () => {
    assert.equal(addressPrefix('2001:db8:1:2ff::1'), '2001:db8:1:200::/56');
    assert.equal(addressPrefix('2001:db8:1:200:ffff:ffff:ffff:ffff'), '2001:db8:1:200::/56');
    assert.notEqual(addressPrefix('2001:db8:1:300::1'), addressPrefix('2001:db8:1:200::1'));
    assert.equal(addressPrefix('fe80::1%eth0'), 'fe80:0:0:0::/56');
    assert.equal(addressPrefix('::1'), '0:0:0:0::/56');
  });

  it('TK7 hashes neighbours alike, strangers apart, and by key', () => {
    assert.equal(hashAddress('k', '203.0.113.9'), hashAddress('k', '203.0.113.10'));
    assert.notEqual(hashAddress('k', '203.0.113.9'), hashAddress('k', '203.0.114.9'));
    assert.notEqual(hashAddress('k', '203.0.113.9'), hashAddress('other', '203.0.113.9'));
    for (const nothing of [undefined, '', 'unix', '1.2.3']) assert.equal(hashAddress('k', nothing), null);
  });

  it('TK8 trusts no forwarded address by default', () => {
    assert.equal(clientAddress(request('10.0.0.1', '203.0.113.9'), trustProxies([])), '10.0.0.1');
  });

  it('TK8 reads past trusted proxies only, from the right', () => {
    const trusts = trustProxies(['10.0.0.0/8', 'loopback']);
    assert.equal(clientAddress(request('10.0.0.1', '203.0.113.9'), trusts), '203.0.113.9');
    assert.equal(clientAddress(request('::ffff:10.0.0.1', '1.1.1.1, 203.0.113.9, 10.2.2.2'), trusts), '203.0.113.9');
    assert.equal(clientAddress(request('203.0.113.50', '1.1.1.1'), trusts), '203.0.113.50');
    assert.equal(clientAddress(request('127.0.0.1'), trusts), '127.0.0.1');
  });

  it('TK8 names an entry that is no address', () => {
    for (const entry of ['nginx', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::1/0']) {
      assert.throws(
        () => trustProxies([entry]),
        (error) => error instanceof RangeError && error.message.includes(entry),
        entry,
      );
    }
  });
});
