/** Looks at everything that the night depends on, each look with its own time, and judges what was seen. */
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../rooms/ports.ts';
import type { Config } from '../config.ts';
import { PG_MIGRATIONS } from '../store/pg-schema.ts';
import { readCertificate, readName } from './address-facts.ts';
import type { Expected } from './capacity.ts';
import { readClock } from './clock-facts.ts';
import { readDatabase } from './database-facts.ts';
import { readDisk } from './disk-facts.ts';
import { broken, type Finding, fine, unknown } from './finding.ts';
import { judgeCertificate, judgeName } from './judge-address.ts';
import { judgeClock } from './judge-clock.ts';
import { judgeDatabase } from './judge-database.ts';
import { judgeDisk } from './judge-disk.ts';
import { judgeMachine } from './judge-machine.ts';
import { judgePorts } from './judge-ports.ts';
import { judgeRedis } from './judge-redis.ts';
import { judgeSettings } from './judge-settings.ts';
import { judgeSpeed } from './judge-speed.ts';
import { type MachineFacts, readMachine } from './machine-facts.ts';
import { type PortsWish, readPorts } from './ports-facts.ts';
import { type Probed, probed } from './probed.ts';
import { readRedis } from './redis-facts.ts';
import type { Service, Services } from './services.ts';
import { measureSpeed, type SpeedFacts } from './speed-facts.ts';

export interface PreflightDeps {
  readonly clock: Clock;
  readonly log: Log;
}

export interface House {
  readonly config: Config;
  readonly ports: PortsWish;
  readonly services: Services;
  readonly expected: Expected;
}

/** For one look, in ms. */
const LOOK_WITHIN_MS = 8_000;

/** Takes a few seconds. Never rejects; what cannot be seen is a finding too. */
export async function preflight({ config, ports, services, expected }: House, deps: PreflightDeps): Promise<Finding[]> {
  const look = <T>(run: () => Promise<T>): Promise<Probed<T>> => probed(deps.clock, LOOK_WITHIN_MS, run);
  // First and alone: what else is looked at would be in its way, and it in theirs.
  const speed = await look(measureSpeed);
  const [machine, found, clock, disk, redis, database, address] = await Promise.all([
    look(() => readMachine()),
    look(() => readPorts(ports)),
    look(() => readClock()),
    look(() => readDisk(config.dataDir, deps)),
    redisFindings(services.redis, expected, (url) => look(() => readRedis(url, deps.clock))),
    databaseFindings(services.database, expected, (url) => look(() => readDatabase(url, deps.clock))),
    addressFindings(config.publicUrl, deps.clock, look),
  ]);
  return [
    ...either(machine, 'machine', (facts) => machineFindings(facts, speed, expected)),
    ...either(found, 'ports', (facts) => [judgePorts(facts)]),
    ...redis,
    ...database,
    ...either(clock, 'clock', (facts) => [judgeClock(facts)]),
    ...judgeDisk(disk, config.dataDir),
    ...address,
    ...judgeSettings(config, expected),
  ];
}

function machineFindings(facts: MachineFacts, speed: Probed<SpeedFacts>, expected: Expected): Finding[] {
  return [...judgeMachine(facts, expected), ...judgeSpeed(facts.cores, speed.ok ? speed.value : undefined, expected)];
}

function either<T>(probe: Probed<T>, check: string, judge: (facts: T) => Finding[]): Finding[] {
  return probe.ok
    ? judge(probe.value)
    : [unknown(check, probe.reason, 'Look by hand: this machine does not let itself be read.')];
}

/** One process on one machine needs nobody to meet. */
const isAlone = ({ processes, machines }: Expected) => processes === 1 && machines === 1;

type Ask<T> = (url: string) => Promise<Probed<T>>;

async function redisFindings(
  service: Service,
  expected: Expected,
  ask: Ask<Awaited<ReturnType<typeof readRedis>>>,
): Promise<Finding[]> {
  if (service.kind === 'at') return judgeRedis(await ask(service.url), expected);
  return [notGiven('Redis', 'REDIS_URL', 'redis-server', service, expected)];
}

async function databaseFindings(
  service: Service,
  expected: Expected,
  ask: Ask<Awaited<ReturnType<typeof readDatabase>>>,
): Promise<Finding[]> {
  if (service.kind === 'at') return judgeDatabase(await ask(service.url), Object.keys(PG_MIGRATIONS), expected);
  return [notGiven('database', 'DATABASE_URL', 'postgresql', service, expected)];
}

function notGiven(check: string, variable: string, program: string, { kind }: Service, expected: Expected): Finding {
  if (expected.machines > 1) {
    return broken(
      check,
      `${variable} is not set: each machine would have one of its own`,
      `The same ${variable} on every machine (docs/operations.md, "Several machines").`,
    );
  }
  if (isAlone(expected)) return fine(check, `${variable} is not set: one process needs none`);
  if (kind === 'local') return fine(check, `${variable} is not set: npm run cluster starts one of this machine's own`);
  return broken(
    check,
    `${variable} is not set and none is installed: processes cannot meet`,
    `apt-get install ${program}, or set ${variable}.`,
  );
}

async function addressFindings(
  publicUrl: string | undefined,
  clock: Clock,
  look: <T>(run: () => Promise<T>) => Promise<Probed<T>>,
): Promise<Finding[]> {
  if (publicUrl === undefined) return [];
  const url = new URL(publicUrl);
  const name = await look(() => readName(url));
  // Without a name there is nobody to ask.
  if (!name.ok || url.protocol !== 'https:') return [judgeName(url, name)];
  const certificate = await look(() => readCertificate(url));
  return [judgeName(url, name), ...judgeCertificate(url, certificate, clock.nowMs())];
}
