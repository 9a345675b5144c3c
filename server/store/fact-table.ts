/** Facts per section and second. Synchronous: runs inside the journal's threads. */
import type { DatabaseSync } from 'node:sqlite';
import type { SecondFacts } from '../../rooms/ports.ts';
import type { EventId } from '../../schemas/ids.ts';
import type { FactPoint } from '../../schemas/stage.ts';
import { prepare } from './statement.ts';

export function factTable(db: DatabaseSync) {
  const insert = prepare(
    db,
    `INSERT INTO facts (event_id, section, at_ms, fans, joins, leaves, lines, reactions)
     VALUES (:eventId, :section, :atMs, :fans, :joins, :leaves, :lines, :reactions)
     ON CONFLICT DO NOTHING`,
  );
  // In each step a section counts with its last number of fans (SQLite takes the bare column from the row of the maximum).
  const series = prepare(
    db,
    `SELECT step * :stepMs AS atMs, sum(fans) AS fans, sum(joins) AS joins, sum(leaves) AS leaves, sum(lines) AS lines,
       sum(reactions) AS reactions
     FROM (
       SELECT CAST(at_ms / :stepMs AS INTEGER) AS step, section, fans, max(at_ms), sum(joins) AS joins, sum(leaves) AS leaves,
         sum(lines) AS lines, sum(reactions) AS reactions
       FROM facts WHERE event_id = :eventId AND at_ms >= :sinceMs GROUP BY step, section
     ) GROUP BY step ORDER BY step`,
  );
  return {
    appendFacts(facts: readonly SecondFacts[]): void {
      for (const fact of facts) insert.run({ ...fact });
    },
    facts(eventId: EventId, sinceMs: number, stepMs: number): FactPoint[] {
      return series.all({ eventId, sinceMs, stepMs }) as unknown as FactPoint[];
    },
  };
}
