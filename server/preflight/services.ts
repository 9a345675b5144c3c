/** Which Redis and which database the processes will use: those that were given, or the cluster's own pair. */
import { localUrls } from '../cluster/local-services.ts';
import type { ClusterPlan } from '../cluster/plan.ts';
import { findPostgres, findProgram } from '../cluster/programs.ts';
import type { ClusterRecord } from '../cluster/record.ts';

export type Service =
  /** To be asked. */
  | { readonly kind: 'at'; readonly url: string }
  /** Not given and not running: the start will bring one up. */
  | { readonly kind: 'local' }
  /** Not given, and nothing here could be started. */
  | { readonly kind: 'missing' };

export interface Services {
  readonly redis: Service;
  readonly database: Service;
}

type Wish = Pick<ClusterPlan, 'redisUrl' | 'databaseUrl' | 'dir' | 'path'>;

/** `record`: of the cluster that runs here. */
export async function servicesOf(
  { redisUrl, databaseUrl, dir, path }: Wish,
  record: ClusterRecord | undefined,
): Promise<Services> {
  const running = record === undefined ? undefined : await localUrls(dir);
  const given = record?.given;
  return {
    redis: serviceAt(redisUrl ?? given?.REDIS_URL ?? running?.REDIS_URL, findProgram('redis-server', path)),
    database: serviceAt(databaseUrl ?? given?.DATABASE_URL ?? running?.DATABASE_URL, findPostgres(path)),
  };
}

function serviceAt(url: string | undefined, program: string | undefined): Service {
  if (url !== undefined) return { kind: 'at', url };
  return program === undefined ? { kind: 'missing' } : { kind: 'local' };
}
