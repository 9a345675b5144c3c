/** Do the settings fit each other and the night? What no process could run with at all is refused by the configuration itself. */
import { trustProxies } from '../auth/proxies.ts';
import type { Config } from '../config.ts';
import { type Expected, whole } from './capacity.ts';
import { beware, breaks, broken, type Finding, fine } from './finding.ts';

export type Settings = Pick<
  Config,
  'publicUrl' | 'publicAddress' | 'host' | 'trustedProxies' | 'ticketSecrets' | 'adminToken' | 'admissionsPerS' | 'limits'
>;

/** Longer than this at the doors and fans give up. */
const PATIENCE_S = 120;

export function judgeSettings(settings: Settings, expected: Expected): Finding[] {
  return [
    publicUrl(settings),
    ...publicAddress(settings, expected),
    front(settings, expected),
    secret(settings, expected),
    adminToken(settings),
    ...admissions(settings, expected),
  ];
}

/** Whether something stands between fans and processes: TLS is never ours, and paths are a front's. */
function hasFront({ publicUrl, publicAddress, trustedProxies }: Settings): boolean {
  return publicUrl?.startsWith('https:') || publicAddress?.includes('/') || trustedProxies.length > 0;
}

/** Whether that something is on this machine. */
export function isFrontHere(settings: Settings): boolean {
  return hasFront(settings) && trustProxies(settings.trustedProxies)('127.0.0.1');
}

function publicUrl({ publicUrl: url }: Settings): Finding {
  if (url === undefined) {
    return beware(
      'PUBLIC_URL',
      'is not set: printed addresses and invitations say localhost',
      'PUBLIC_URL=https://party.example, the origin that fans will use.',
    );
  }
  if (url.startsWith('https:')) return fine('PUBLIC_URL', url);
  return beware(
    'PUBLIC_URL',
    `${url} is plain http: anyone on the way reads identities, and an https page cannot embed it`,
    'Put TLS in front (docs/operations.md, "The front") and set PUBLIC_URL=https://…',
  );
}

function publicAddress({ publicUrl, publicAddress: address }: Settings, { processes, machines }: Expected): Finding[] {
  if (address !== undefined) return [fine('PUBLIC_ADDRESS', `sockets of the first process go to ${address}`)];
  const isPublic = publicUrl !== undefined && !/^(?:localhost|127\.|\[::1\])/.test(new URL(publicUrl).hostname);
  if (!isPublic || (processes === 1 && machines === 1)) return [];
  return [
    broken(
      'PUBLIC_ADDRESS',
      'is not set: each process tells fans to open their socket at localhost',
      `PUBLIC_ADDRESS='${new URL(publicUrl).host}/p{n}' behind the front, or '${new URL(publicUrl).hostname}:{port}' without one.`,
    ),
  ];
}

function front(settings: Settings, { fans }: Expected): Finding {
  const { trustedProxies, host, limits } = settings;
  if (!hasFront(settings))
    return fine('TRUSTED_PROXIES', 'nobody: fans connect directly, and each counts by the address of their socket');
  if (trustedProxies.length === 0) {
    return breaks(
      'TRUSTED_PROXIES',
      limits.ticketsPerMinutePerNetwork,
      `is not set: behind the front all fans are one network, which gets ${whole(limits.ticketsPerMinutePerNetwork)} tickets a minute, and one ban by address shuts all out`,
      'TRUSTED_PROXIES=loopback for a front on this machine, else its address.',
    );
  }
  const says = `${trustedProxies.join(', ')} may say who is asking`;
  const isOpen = host === undefined || host === '0.0.0.0' || host === '::';
  if (isOpen && isFrontHere(settings) && fans > 0) {
    return beware(
      'HOST',
      `${says}, and every process listens on every interface as well`,
      'HOST=127.0.0.1, so that nobody comes in beside the front.',
    );
  }
  return fine('TRUSTED_PROXIES', says);
}

function secret({ ticketSecrets }: Settings, { machines }: Expected): Finding {
  if (ticketSecrets !== undefined) return fine('TICKET_SECRET', `${ticketSecrets.length} given; the first one signs`);
  if (machines === 1) return fine('TICKET_SECRET', 'is not set: made once in DATA_DIR, for the processes of this machine');
  return broken(
    'TICKET_SECRET',
    'is not set: each machine makes its own and refuses the tickets of the others',
    'openssl rand -base64 32, once, and the same TICKET_SECRET on every machine.',
  );
}

function adminToken({ adminToken: token }: Settings): Finding {
  if (token !== undefined) return fine('ADMIN_TOKEN', 'is set: /metrics and /ops open from elsewhere with it');
  return beware(
    'ADMIN_TOKEN',
    'is not set: /metrics and /ops open on this machine alone',
    'ADMIN_TOKEN=$(openssl rand -hex 16), if Prometheus or your phone is to look from elsewhere.',
  );
}

function admissions({ admissionsPerS }: Settings, { fans, processes, machines }: Expected): Finding[] {
  if (admissionsPerS === undefined) return [];
  const perS = admissionsPerS * processes * machines;
  const takesS = Math.ceil(fans / perS);
  const says = `${whole(perS)} fans a second are let in over all processes: ${whole(fans)} take ${whole(takesS)} s`;
  if (takesS <= PATIENCE_S) return [fine('ADMISSIONS_PER_S', says)];
  return [beware('ADMISSIONS_PER_S', says, 'Leave it unset: each process then lets in what it measures itself to bear.')];
}
