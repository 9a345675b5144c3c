/** Will browsers come in at PUBLIC_URL, tonight and a week from now? */
import type { CertificateFacts } from './address-facts.ts';
import { beware, broken, type Finding, fine, unknown } from './finding.ts';
import type { Probed } from './probed.ts';

const DAY_MS = 24 * 3_600_000;
/** Time enough to renew it by hand after the first renewal by itself has failed. */
const SOON_DAYS = 14;

export function judgeName(url: URL, probe: Probed<readonly string[]>): Finding {
  if (probe.ok) return fine('public name', `${url.hostname} is ${probe.value.join(', ')}`);
  return broken(
    'public name',
    `${url.hostname} leads nowhere: ${probe.reason}`,
    'Add the A and AAAA records, or mend PUBLIC_URL.',
  );
}

export function judgeCertificate(url: URL, probe: Probed<CertificateFacts>, nowMs: number): Finding[] {
  if (!probe.ok) {
    const says = `nobody shows one at ${url.host}: ${probe.reason}`;
    if (/ECONNREFUSED/.test(probe.reason))
      return [broken('certificate', says, 'Start the front: nginx -t && systemctl restart nginx.')];
    const fix = `Look from elsewhere: openssl s_client -connect ${url.hostname}:${url.port || 443} -servername ${url.hostname}`;
    return [unknown('certificate', says, fix)];
  }
  const facts = probe.value;
  const wrong = [expiry(facts, nowMs), name(url, facts), chain(facts)].filter((finding) => finding !== undefined);
  if (wrong.length > 0) return wrong;
  return [fine('certificate', `of ${facts.issuer}, good for ${days(facts.validUntilMs - nowMs)} days more`)];
}

function expiry({ validFromMs, validUntilMs }: CertificateFacts, nowMs: number): Finding | undefined {
  const fix = 'Renew it (certbot renew --force-renewal, or whatever made it), then nginx -s reload.';
  if (nowMs > validUntilMs)
    return broken('certificate', `ran out ${days(nowMs - validUntilMs)} days ago: no browser comes in`, fix);
  if (nowMs < validFromMs)
    return broken('certificate', `is not good before ${new Date(validFromMs).toISOString()}: check both clocks`, fix);
  if (validUntilMs - nowMs < SOON_DAYS * DAY_MS)
    return beware('certificate', `runs out in ${days(validUntilMs - nowMs)} days`, fix);
  return undefined;
}

function name(url: URL, { wrongName }: CertificateFacts): Finding | undefined {
  if (wrongName === null) return undefined;
  return broken('certificate', `is not for ${url.hostname}: ${wrongName}`, `Get one for ${url.hostname}, or mend PUBLIC_URL.`);
}

function chain({ mistrusted, issuer }: CertificateFacts): Finding | undefined {
  if (mistrusted === null) return undefined;
  const isChain = mistrusted === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' || mistrusted === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
  const fix = isChain
    ? 'Give the front the whole chain (fullchain.pem, not cert.pem), then nginx -s reload.'
    : 'Get one from an authority that browsers know, such as Let’s Encrypt; or, in a house of your own, put yours on every device.';
  return broken('certificate', `of ${issuer} is not trusted (${mistrusted})`, fix);
}

const days = (ms: number) => Math.floor(ms / DAY_MS);
