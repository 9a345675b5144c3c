/** Is this database fit to be the event store, and where the journals come together? */
import { COST, type Expected } from './capacity.ts';
import type { DatabaseFacts } from './database-facts.ts';
import { beware, broken, type Finding, fine } from './finding.ts';
import type { Probed } from './probed.ts';

/** The oldest that its makers still mend. */
const VERSION_MIN = 14;
/** A statement is ended after 450 ms. */
const SLOW_MS = 30;
const TOO_SLOW_MS = 225;

/** `known`: the migrations of this version, in order. */
export function judgeDatabase(probe: Probed<DatabaseFacts>, known: readonly string[], expected: Expected): Finding[] {
  if (!probe.ok) {
    return [
      broken(
        'database',
        `cannot be asked: ${probe.reason}`,
        'Check DATABASE_URL, its password and the firewall: psql "$DATABASE_URL" -c "select 1" must answer from here.',
      ),
    ];
  }
  const facts = probe.value;
  return [reached(facts), ...standby(facts), connections(facts, expected), migrations(facts, known)];
}

function reached({ versionNumber, latencyMs }: DatabaseFacts): Finding {
  const version = Math.floor(versionNumber / 10_000);
  const says = `PostgreSQL ${version} answers in ${latencyMs.toFixed(1)} ms`;
  if (latencyMs > TOO_SLOW_MS)
    return broken('database', `${says}: statements are ended after 450`, 'Use one in the same data centre as the processes.');
  if (version < VERSION_MIN)
    return beware('database', `${says}; its makers mend it no longer`, `Use PostgreSQL ${VERSION_MIN} or newer.`);
  if (latencyMs > SLOW_MS) return beware('database', `${says}: cold pages wait for that`, 'Use one nearer to the processes.');
  return fine('database', says);
}

function standby({ isStandby }: DatabaseFacts): Finding[] {
  if (!isStandby) return [];
  return [broken('database', 'is a standby: nothing can be written to it', 'Give DATABASE_URL of the primary.')];
}

function connections({ connections, connectionsMax, pooler }: DatabaseFacts, { processes, machines }: Expected): Finding {
  const needed = processes * machines * COST.databaseConnections;
  if (pooler === 'transaction')
    return fine('database connections', `a pooler in transaction mode is in between; the processes ask it for at most ${needed}`);
  const says = `${connections} of ${connectionsMax} are used; all processes take at most ${needed}`;
  const fix = 'Put PgBouncer in between (pool_mode = transaction), or raise max_connections and restart PostgreSQL.';
  if (needed > connectionsMax) return broken('database connections', says, fix);
  if (pooler === 'session')
    return beware('database connections', `a pooler in session mode is in between: it holds one for each of ours. ${says}`, fix);
  if (connections + needed > connectionsMax) return beware('database connections', `${says} unless they are among them`, fix);
  return fine('database connections', says);
}

function migrations({ migrations, mayCreate }: DatabaseFacts, known: readonly string[]): Finding {
  const made = migrations ?? [];
  const foreign = made.filter((name) => !known.includes(name));
  if (foreign.length > 0) {
    return broken(
      'migrations',
      `a newer version of Front Row was here (${foreign.at(-1)}): this one will refuse to start`,
      'Start that version, or give DATABASE_URL of another database.',
    );
  }
  const missing = known.filter((name) => !made.includes(name));
  if (missing.length === 0) return fine('migrations', `all ${known.length} were made`);
  if (!mayCreate) {
    return broken(
      'migrations',
      `${missing.length} are to be made, and this user may not make tables`,
      'grant create on schema public to the user of DATABASE_URL.',
    );
  }
  return fine('migrations', `${missing.length} of ${known.length} will be made by the first process that starts`);
}
