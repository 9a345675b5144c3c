/**
 * What a stage does in Redis, each as one script, so that nothing comes between its question and its answer.
 *
 * `stage:<event>`     hash: `epoch` (the newest given), `snapshot` with `snapshotEpoch` and `snapshotSeq`, `attempt` (of the last
 *                     commit), `barred` (attempts up to here come too late)
 * `lease:<event>`     hash: `processId`, `publicAddress`, `epoch`; gone when it runs out
 * `commands:<event>`  stream of the last commands, one field `entry`
 * `born`              there since this Redis was first used; its absence means that Redis was emptied
 * `settling`          for a moment after that: nobody takes an event or commits, until whoever remembers has said so
 *
 * Leases and settling run on Redis's own clock. The keys are in one place: this is for one Redis with its replicas, not for a Cluster.
 */
import type { Redis } from 'ioredis';
import type { EventId } from '../../schemas/ids.ts';

/** What nobody has touched for this long, Redis forgets; journal and database do not. */
const KEEP_MS = 7 * 24 * 3_600_000;
/** Commands kept for whoever takes over: more than a host gives in an evening. */
const COMMANDS_KEPT = 1_000;

const NOTICE_BIRTH = `
local function noticeBirth(settleMs)
  if redis.call('SETNX', KEYS[1], 1) == 1 and tonumber(settleMs) > 0 then
    redis.call('SET', KEYS[2], 1, 'PX', settleMs)
  end
  return redis.call('PTTL', KEYS[2])
end
local function epochNow()
  return tonumber(redis.call('HGET', KEYS[3], 'epoch') or '0')
end
local function nowMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function lease(processId, publicAddress, epoch, ttlMs)
  redis.call('HSET', KEYS[4], 'processId', processId, 'publicAddress', publicAddress, 'epoch', epoch)
  redis.call('PEXPIRE', KEYS[4], ttlMs)
  redis.call('PEXPIRE', KEYS[3], ${KEEP_MS})
end
`;

/** KEYS born settling stage lease · ARGV atLeastEpoch processId publicAddress ttlMs settleMs → [what, epoch or ms to wait, now in ms] */
const ACQUIRE = `${NOTICE_BIRTH}
local settlingMs = noticeBirth(ARGV[5])
local epoch = math.max(epochNow(), tonumber(ARGV[1]))
redis.call('HSET', KEYS[3], 'epoch', epoch)
if settlingMs > 0 then return {'settling', settlingMs, nowMs()} end
local holder = redis.call('HGET', KEYS[4], 'processId')
if holder and holder ~= ARGV[2] then return {'held', redis.call('PTTL', KEYS[4]), nowMs()} end
epoch = epoch + 1
redis.call('HSET', KEYS[3], 'epoch', epoch, 'barred', 0, 'attempt', 0)
lease(ARGV[2], ARGV[3], epoch, ARGV[4])
return {'taken', epoch, nowMs()}
`;

/** KEYS born settling stage lease · ARGV epoch processId publicAddress ttlMs settleMs attempt seq → [held | lost | forgotten, now in ms] */
const RENEW = `${NOTICE_BIRTH}
noticeBirth(ARGV[5])
local known, epoch, seq = epochNow(), tonumber(ARGV[1]), tonumber(ARGV[7])
if known > epoch then return {'lost', nowMs()} end
if known < epoch then redis.call('HSET', KEYS[3], 'epoch', epoch, 'barred', ARGV[6]) end
lease(ARGV[2], ARGV[3], epoch, ARGV[4])
local storedEpoch = tonumber(redis.call('HGET', KEYS[3], 'snapshotEpoch') or '0')
local storedSeq = tonumber(redis.call('HGET', KEYS[3], 'snapshotSeq') or '-1')
if seq >= 0 and (storedEpoch < epoch or storedSeq < seq) then return {'forgotten', nowMs()} end
return {'held', nowMs()}
`;

/** KEYS lease · ARGV epoch */
const RELEASE = `
if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then redis.call('DEL', KEYS[1]) end
`;

/**
 * A Redis that stood still reads what was sent meanwhile when it goes on: whoever sent it was told long ago that it failed.
 * KEYS settling stage commands · ARGV epoch seq attempt snapshot entry notAfterMs → committed | fenced | behind | settling | barred | late
 */
const COMMIT = `
local time = redis.call('TIME')
if time[1] * 1000 + time[2] / 1000 > tonumber(ARGV[6]) then return 'late' end
local known, epoch = tonumber(redis.call('HGET', KEYS[2], 'epoch') or '0'), tonumber(ARGV[1])
if known > epoch then return 'fenced' end
if known < epoch then return 'behind' end
if redis.call('EXISTS', KEYS[1]) == 1 then return 'settling' end
if tonumber(redis.call('HGET', KEYS[2], 'barred') or '0') >= tonumber(ARGV[3]) then return 'barred' end
redis.call('HSET', KEYS[2], 'snapshot', ARGV[4], 'snapshotEpoch', ARGV[1], 'snapshotSeq', ARGV[2], 'attempt', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ${KEEP_MS})
if ARGV[5] ~= '' then
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', ${COMMANDS_KEPT}, '*', 'entry', ARGV[5])
  redis.call('PEXPIRE', KEYS[3], ${KEEP_MS})
end
return 'committed'
`;

/** Settles a commit of unknown fate: from here on it can no longer happen. KEYS stage · ARGV epoch attempt → fenced | written | unwritten */
const SETTLE = `
local known, epoch = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0'), tonumber(ARGV[1])
if known > epoch then return 'fenced' end
if known < epoch then return 'unwritten' end
redis.call('HSET', KEYS[1], 'barred', ARGV[2])
return redis.call('HGET', KEYS[1], 'attempt') == ARGV[2] and 'written' or 'unwritten'
`;

/** While settling: a snapshot that somebody still has. The newest one stays. KEYS stage · ARGV epoch seq snapshot */
const OFFER = `
local epoch = tonumber(redis.call('HGET', KEYS[1], 'snapshotEpoch') or '0')
local seq = tonumber(redis.call('HGET', KEYS[1], 'snapshotSeq') or '-1')
local offered = tonumber(ARGV[1])
if offered > epoch or (offered == epoch and tonumber(ARGV[2]) > seq) then
  redis.call('HSET', KEYS[1], 'snapshot', ARGV[3], 'snapshotEpoch', ARGV[1], 'snapshotSeq', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ${KEEP_MS})
end
`;

const SCRIPTS = {
  stageAcquire: { keys: 4, lua: ACQUIRE },
  stageRenew: { keys: 4, lua: RENEW },
  stageRelease: { keys: 1, lua: RELEASE },
  stageCommit: { keys: 3, lua: COMMIT },
  stageSettle: { keys: 1, lua: SETTLE },
  stageOffer: { keys: 1, lua: OFFER },
} as const;

type Arg = string | number;

/** The scripts with their keys filled in. Each rejects as ioredis does; `connect.ts` turns that into `unavailable`. */
export function stageScripts(redis: Redis) {
  for (const [name, { keys, lua }] of Object.entries(SCRIPTS)) redis.defineCommand(name, { numberOfKeys: keys, lua });
  const defined = redis as unknown as Record<keyof typeof SCRIPTS, (...args: readonly Arg[]) => Promise<unknown>>;
  const run = <T>(name: keyof typeof SCRIPTS, keys: readonly string[], args: readonly Arg[]): Promise<T> =>
    defined[name](...keys, ...args) as Promise<T>;
  const stage = (eventId: EventId) => `stage:${eventId}`;
  const lease = (eventId: EventId) => `lease:${eventId}`;
  const commands = (eventId: EventId) => `commands:${eventId}`;
  const leaseKeys = (eventId: EventId) => ['born', 'settling', stage(eventId), lease(eventId)];
  const termsOf = (by: LeaseTerms) => [by.processId, by.publicAddress ?? '', by.ttlMs, by.settleMs];

  return {
    acquire(eventId: EventId, atLeastEpoch: number, by: LeaseTerms) {
      const args = [atLeastEpoch, ...termsOf(by)];
      return run<['taken' | 'held' | 'settling', number, number]>('stageAcquire', leaseKeys(eventId), args);
    },
    /** 'forgotten': the lease is kept, but what was committed at `place` is not in Redis. */
    renew(eventId: EventId, { epoch, seq, attempt }: CommitPlace, by: LeaseTerms) {
      const args = [epoch, ...termsOf(by), attempt, seq];
      return run<['held' | 'lost' | 'forgotten', number]>('stageRenew', leaseKeys(eventId), args);
    },
    release: (eventId: EventId, epoch: number) => run<null>('stageRelease', [lease(eventId)], [epoch]),
    /** 'late': by Redis's own clock it is past `notAfterMs`. */
    commit(eventId: EventId, { epoch, seq, attempt }: CommitPlace, snapshot: string, entry: string, notAfterMs: number) {
      return run<'committed' | 'fenced' | 'behind' | 'settling' | 'barred' | 'late'>(
        'stageCommit',
        ['settling', stage(eventId), commands(eventId)],
        [epoch, seq, attempt, snapshot, entry, notAfterMs],
      );
    },
    settle: (eventId: EventId, epoch: number, attempt: number) =>
      run<'fenced' | 'written' | 'unwritten'>('stageSettle', [stage(eventId)], [epoch, attempt]),
    offer: (eventId: EventId, epoch: number, seq: number, snapshot: string) =>
      run<null>('stageOffer', [stage(eventId)], [epoch, seq, snapshot]),
    snapshot: (eventId: EventId) => redis.hget(stage(eventId), 'snapshot'),
    holder: (eventId: EventId) => redis.hgetall(lease(eventId)),
    /** The last `limit` commands as JSON, oldest first. */
    async commands(eventId: EventId, limit: number): Promise<string[]> {
      const newestFirst = await redis.xrevrange(commands(eventId), '+', '-', 'COUNT', limit);
      return newestFirst.map(([, fields]) => fields[1] ?? '').toReversed();
    },
  };
}

export type StageScripts = ReturnType<typeof stageScripts>;

export interface LeaseTerms {
  readonly processId: string;
  readonly publicAddress: string | null;
  readonly ttlMs: number;
  readonly settleMs: number;
}

/** `seq` is −1 before the first commit; `attempt` rises with every commit of one process, whatever becomes of it. */
export interface CommitPlace {
  readonly epoch: number;
  readonly seq: number;
  readonly attempt: number;
}
