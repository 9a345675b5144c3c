/** A certificate for `localhost` of this test process's own, made when it is first asked for. */
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestCertificate {
  /** PEM files. */
  readonly certFile: string;
  readonly keyFile: string;
  /** PEM, to be trusted by whoever connects. */
  readonly certificate: string;
  /** What Chromium knows its key by. */
  readonly spkiHash: string;
}

let made: TestCertificate | undefined;

export function testCertificate(): TestCertificate {
  made ??= makeCertificate();
  return made;
}

function makeCertificate(): TestCertificate {
  const dir = mkdtempSync(join(tmpdir(), 'front-row-certificate-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  chmodSync(dir, 0o755);
  const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', keyFile, '-out', certFile], { stdio: 'pipe' });
  const certificate = readFileSync(certFile, 'utf8');
  const publicKey = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  return { keyFile, certFile, certificate, spkiHash: createHash('sha256').update(publicKey).digest('base64') };
}
