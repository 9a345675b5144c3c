import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CertificateFacts } from './address-facts.ts';
import type { Expected } from './capacity.ts';
import { judgeCertificate, judgeName } from './judge-address.ts';
import { isFrontHere, judgeSettings, type Settings } from './judge-settings.ts';

const EXPECTED: Expected = { fans: 110_427, machines: 1, processes: 8, frontHere: true };
const SETTINGS: Settings = {
  publicUrl: 'https://party.example',
  publicAddress: 'party.example/p0',
  host: '127.0.0.1',
  trustedProxies: ['loopback'],
  ticketSecrets: undefined,
  adminToken: 'long-enough',
  admissionsPerS: undefined,
  limits: { ticketsPerMinutePerNetwork: 6_000, ticketsPerMinutePerFan: 40, requestsPerMinutePerNetwork: 30_000 },
};

function complaints(settings: Partial<Settings>, expected: Partial<Expected> = {}): string[] {
  return judgeSettings({ ...SETTINGS, ...settings }, { ...EXPECTED, ...expected })
    .filter(({ kind }) => kind !== 'fine')
    .map(({ check, kind }) => `${check}: ${kind}`);
}

describe('judging settings', () => {
  it('PF8 finds the front’s recipe of docs/operations.md fine', () => assert.deepEqual(complaints({}), []));

  it('PF8 finds a front that nobody trusts: all fans would be one network', () => {
    const front = judgeSettings({ ...SETTINGS, trustedProxies: [] }, EXPECTED).find(({ check }) => check === 'TRUSTED_PROXIES');
    assert.ok(front?.kind === 'breaks');
    assert.equal(front.atFans, 6_000);
  });

  it('PF8 finds processes that send fans to localhost, and secrets that differ between machines', () => {
    assert.deepEqual(complaints({ publicAddress: undefined }), ['PUBLIC_ADDRESS: broken']);
    assert.deepEqual(complaints({ publicAddress: undefined }, { processes: 1 }), []);
    assert.deepEqual(complaints({}, { machines: 2 }), ['TICKET_SECRET: broken']);
    assert.deepEqual(complaints({ ticketSecrets: ['s'.repeat(16)] }, { machines: 2 }), []);
  });

  it('PF8 points out plain http, a missing token, an open side door and slow doors', () => {
    const plain = { publicUrl: 'http://party.example:2567', publicAddress: 'party.example:2567', trustedProxies: [] };
    assert.deepEqual(complaints(plain), ['PUBLIC_URL: beware']);
    assert.deepEqual(complaints({ publicUrl: undefined, publicAddress: undefined, trustedProxies: [] }), ['PUBLIC_URL: beware']);
    assert.deepEqual(complaints({ adminToken: undefined }), ['ADMIN_TOKEN: beware']);
    assert.deepEqual(complaints({ host: undefined }), ['HOST: beware']);
    assert.deepEqual(complaints({ admissionsPerS: 10 }), ['ADMISSIONS_PER_S: beware']);
    assert.deepEqual(complaints({ admissionsPerS: 1_000 }), []);
  });

  it('PF8 knows a front on this machine by who is trusted', () => {
    assert.equal(isFrontHere(SETTINGS), true);
    assert.equal(isFrontHere({ ...SETTINGS, trustedProxies: ['10.0.0.2'] }), false);
    assert.equal(isFrontHere({ ...SETTINGS, publicUrl: undefined, publicAddress: undefined, trustedProxies: [] }), false);
  });
});

describe('judging a certificate', () => {
  const url = new URL('https://party.example');
  const NOW_MS = Date.UTC(2030, 0, 15);
  const DAY_MS = 86_400_000;
  const CERTIFICATE: CertificateFacts = {
    validFromMs: NOW_MS - 10 * DAY_MS,
    validUntilMs: NOW_MS + 80 * DAY_MS,
    wrongName: null,
    mistrusted: null,
    issuer: 'Let us',
  };
  const judge = (facts: Partial<CertificateFacts>) =>
    judgeCertificate(url, { ok: true, value: { ...CERTIFICATE, ...facts } }, NOW_MS).map(({ kind }) => kind);

  it('PF9 finds what browsers will refuse, each on its own', () => {
    assert.deepEqual(judge({}), ['fine']);
    assert.deepEqual(judge({ validUntilMs: NOW_MS + 13 * DAY_MS }), ['beware']);
    assert.deepEqual(judge({ validUntilMs: NOW_MS - 1 }), ['broken']);
    assert.deepEqual(judge({ validFromMs: NOW_MS + DAY_MS }), ['broken']);
    assert.deepEqual(judge({ wrongName: 'not it', mistrusted: 'SELF_SIGNED_CERT_IN_CHAIN' }), ['broken', 'broken']);
    const [chain] = judgeCertificate(
      url,
      { ok: true, value: { ...CERTIFICATE, mistrusted: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } },
      NOW_MS,
    );
    assert.ok(chain?.kind === 'broken');
    assert.match(chain.fix, /fullchain/);
  });

  it('PF9 finds a front that is down broken, and one that is out of reach from here unknown', () => {
    assert.equal(judgeCertificate(url, { ok: false, reason: 'connect ECONNREFUSED 192.0.2.1:443' }, NOW_MS)[0]?.kind, 'broken');
    assert.equal(judgeCertificate(url, { ok: false, reason: 'no TLS within 4 s' }, NOW_MS)[0]?.kind, 'unknown');
    assert.equal(judgeName(url, { ok: false, reason: 'ENOTFOUND' }).kind, 'broken');
    assert.equal(judgeName(url, { ok: true, value: ['192.0.2.1'] }).kind, 'fine');
  });
});
