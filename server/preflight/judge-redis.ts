/** Is this Redis fit to be where processes meet, and the clock that cues are written in? */
import { COST, type Expected, inMb } from './capacity.ts';
import { beware, broken, type Finding, fine } from './finding.ts';
import type { Probed } from './probed.ts';
import type { RedisFacts } from './redis-facts.ts';

/** The oldest that the tests have run on. */
const VERSION_MIN = 6.2;
/** A command waits for its commit here; a call is given up after 500 ms. */
const SLOW_MS = 20;
const TOO_SLOW_MS = 250;
/** People read clocks; machines do not mind. */
const SKEW_MS = 2_000;
/** Nobody's clock is off by so much unless it was never set. */
const INSANE_MS = 3_600_000;
/** What leases, snapshots and listings of a full house take, with room for the append-only file's rewrite. */
const MEMORY_NEEDED = 64 * 1_048_576;

export function judgeRedis(probe: Probed<RedisFacts>, expected: Expected): Finding[] {
  if (!probe.ok) {
    return [
      broken(
        'Redis',
        `cannot be asked: ${probe.reason}`,
        'Check REDIS_URL, its password and the firewall: redis-cli -u "$REDIS_URL" ping must say PONG from here.',
      ),
    ];
  }
  const facts = probe.value;
  return [reached(facts), ...role(facts), memory(facts), persistence(facts), clients(facts, expected), time(facts)];
}

function reached({ version, latencyMs }: RedisFacts): Finding {
  const says = `Redis ${version} answers in ${latencyMs.toFixed(1)} ms`;
  if (latencyMs > TOO_SLOW_MS)
    return broken('Redis', `${says}: calls are given up after 500`, 'Use one in the same data centre as the processes.');
  if (Number.parseFloat(version) < VERSION_MIN)
    return beware('Redis', `${says}; older than what was tested`, `Use Redis ${VERSION_MIN} or newer.`);
  if (latencyMs > SLOW_MS)
    return beware('Redis', `${says}: every staff command waits for that`, 'Use one nearer to the processes.');
  return fine('Redis', says);
}

function role({ role, isLoading, isClustered }: RedisFacts): Finding[] {
  if (isLoading) return [broken('Redis', 'is still loading its data', 'Wait until it has: redis-cli info persistence.')];
  if (isClustered)
    return [broken('Redis', 'is a Redis Cluster: a commit touches several keys at once', 'Give REDIS_URL of a single primary.')];
  if (role !== 'master') return [broken('Redis', `is a ${role}: nothing can be written to it`, 'Give REDIS_URL of the primary.')];
  return [];
}

function memory({ maxMemoryBytes, usedMemoryBytes, memoryPolicy }: RedisFacts): Finding {
  if (maxMemoryBytes === 0) return fine('Redis memory', `${inMb(usedMemoryBytes)} used, no limit of its own`);
  const says = `${inMb(usedMemoryBytes)} of ${inMb(maxMemoryBytes)} used, policy ${memoryPolicy}`;
  if (memoryPolicy !== 'noeviction') {
    return broken(
      'Redis memory',
      `${says}: when it is full it throws away leases and snapshots`,
      'redis-cli config set maxmemory-policy noeviction, and the same in redis.conf.',
    );
  }
  if (maxMemoryBytes - usedMemoryBytes < MEMORY_NEEDED)
    return broken(
      'Redis memory',
      `${says}: nearly full, and then it refuses commands`,
      'Raise maxmemory, or use one of your own.',
    );
  return fine('Redis memory', says);
}

function persistence({ appendOnly }: RedisFacts): Finding {
  if (appendOnly) return fine('Redis persistence', 'append-only file is on');
  return beware(
    'Redis persistence',
    'without an append-only file: a restart forgets who has the stage, and the show goes on from the journals, seconds later',
    'redis-cli config set appendonly yes, and the same in redis.conf.',
  );
}

function clients({ clients, clientsMax }: RedisFacts, { processes, machines }: Expected): Finding {
  const needed = processes * machines * COST.redisConnections;
  if (clientsMax === null) return fine('Redis clients', `${clients} connected; all processes need ${needed}`);
  const says = `${clients} of ${clientsMax} connections are used; all processes need ${needed}`;
  // Those that are connected may be ours already: only what could never fit is certain.
  if (needed + 10 > clientsMax)
    return broken('Redis clients', says, `redis-cli config set maxclients ${Math.max(1_000, needed * 4)}.`);
  if (clients + needed > clientsMax)
    return beware(
      'Redis clients',
      `${says} unless they are among them`,
      'Raise maxclients: redis-cli config set maxclients 10000.',
    );
  return fine('Redis clients', says);
}

function time({ aheadMs }: RedisFacts): Finding {
  const seconds = (Math.abs(aheadMs) / 1_000).toFixed(Math.abs(aheadMs) < 10_000 ? 3 : 0);
  const says = `event time is Redis's clock, ${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} this machine's`;
  if (Math.abs(aheadMs) > INSANE_MS)
    return broken('event time', `${says}: one of the two was never set`, 'Set it: timedatectl set-ntp true on both machines.');
  if (Math.abs(aheadMs) > SKEW_MS) {
    return beware(
      'event time',
      `${says}: fans notice nothing, but doors and logs go by different clocks`,
      'timedatectl set-ntp true on both machines.',
    );
  }
  return fine('event time', says);
}
