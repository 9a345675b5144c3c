/** What fans meet at PUBLIC_URL: the name, and the certificate that is shown under it. */
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { checkServerIdentity, connect } from 'node:tls';

export interface CertificateFacts {
  readonly validFromMs: number;
  readonly validUntilMs: number;
  /** Why it is not for this name; null: it is. */
  readonly wrongName: string | null;
  /** Why browsers would not trust it, such as `UNABLE_TO_VERIFY_LEAF_SIGNATURE`; null: they would. */
  readonly mistrusted: string | null;
  readonly issuer: string;
}

const CONNECT_WITHIN_MS = 4_000;

/** The addresses of a URL's name. Rejects when it has none. */
export async function readName(url: URL): Promise<string[]> {
  const found = await lookup(bare(url.hostname), { all: true });
  return found.map(({ address }) => address);
}

/** Takes the certificate as it is shown, whatever is wrong with it. Rejects when nobody shows one. */
export async function readCertificate(url: URL): Promise<CertificateFacts> {
  const host = bare(url.hostname);
  const socket = connect({
    host,
    port: Number(url.port || 443),
    // An address is no name that a certificate is asked for by.
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    rejectUnauthorized: false,
    timeout: CONNECT_WITHIN_MS,
  });
  socket.once('timeout', () => socket.destroy(new Error(`no TLS within ${CONNECT_WITHIN_MS / 1_000} s`)));
  try {
    await once(socket, 'secureConnect');
    const certificate = socket.getPeerCertificate();
    // Typed as an error, it is the name of one.
    const error = socket.authorizationError as unknown as string | null;
    // Both are what is wrong with the name, which is said on its own.
    const isOfName = error === 'ERR_TLS_CERT_ALTNAME_INVALID';
    const isOfTime = error === 'CERT_HAS_EXPIRED' || error === 'CERT_NOT_YET_VALID';
    return {
      validFromMs: Date.parse(certificate.valid_from),
      validUntilMs: Date.parse(certificate.valid_to),
      wrongName: checkServerIdentity(host, certificate)?.message ?? null,
      mistrusted: socket.authorized || isOfName || isOfTime ? null : error,
      issuer: [certificate.issuer?.O, certificate.issuer?.CN].flat().filter(Boolean).join(', ') || 'nobody',
    };
  } finally {
    socket.destroy();
  }
}

/** Without the brackets of an IPv6 address. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
