/** Statements are compiled on first use and kept: a read-only connection never compiles what only the writer runs. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

type Row = Record<string, SQLOutputValue>;
type Params = Readonly<Record<string, SQLInputValue>>;

export interface Statement {
  /** Named parameters without their colon; those that the statement does not name are ignored. */
  run(params: Params): { readonly changes: number };
  get(params: Params): Row | undefined;
  all(params: Params): Row[];
}

export function prepare(db: DatabaseSync, sql: string): Statement {
  let compiled: StatementSync | undefined;
  const statement = (): StatementSync => {
    if (compiled === undefined) {
      compiled = db.prepare(sql);
      compiled.setAllowUnknownNamedParameters(true);
    }
    return compiled;
  };
  return {
    run: (params) => ({ changes: Number(statement().run(params).changes) }),
    get: (params) => statement().get(params),
    all: (params) => statement().all(params),
  };
}
