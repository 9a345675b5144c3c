import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { after, before, describe, it } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { readCertificate, readName } from './address-facts.ts';
import { judgeCertificate } from './judge-address.ts';
import { probed } from './probed.ts';

describe('looking at the public address', () => {
  const clock = systemClock();
  const dir = mkdtempSync(join(tmpdir(), 'front-row-certificate-'));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  let server: Server;
  let port: number;

  before(async () => {
    const subject = ['-subj', '/O=Test House/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
    server.on('tlsClientError', () => undefined);
    server.listen(0);
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });

  it('PF9 reads a certificate that runs out in three days and that nobody vouches for', async () => {
    const url = new URL(`https://localhost:${port}`);
    const facts = await readCertificate(url);
    const daysLeft = (facts.validUntilMs - clock.nowMs()) / 86_400_000;
    assert.ok(daysLeft > 2.9 && daysLeft <= 3, String(daysLeft));
    assert.equal(facts.wrongName, null);
    assert.equal(facts.mistrusted, 'DEPTH_ZERO_SELF_SIGNED_CERT');
    assert.match(facts.issuer, /Test House/);
    const findings = judgeCertificate(url, { ok: true, value: facts }, clock.nowMs());
    assert.deepEqual(
      findings.map(({ kind, says }) => [kind, says.split(' ').slice(0, 2).join(' ')]),
      [
        ['beware', 'runs out'],
        ['broken', 'of Test'],
      ],
    );
  });

  it('PF9 sees that it is for another name', async () => {
    const facts = await readCertificate(new URL(`https://127.0.0.1:${port}`));
    assert.match(facts.wrongName ?? '', /127\.0\.0\.1/);
  });

  it('PF9 says that a name leads nowhere, and that nobody shows a certificate', async () => {
    assert.ok((await readName(new URL('https://localhost'))).length > 0);
    const nowhere = await probed(clock, 8_000, () => readName(new URL('https://party.invalid')));
    assert.ok(!nowhere.ok);
    const nobody = await probed(clock, 8_000, () => readCertificate(new URL('https://localhost:1')));
    assert.ok(!nobody.ok);
    assert.match(nobody.reason, /ECONNREFUSED/);
  });
});
