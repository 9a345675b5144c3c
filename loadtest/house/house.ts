/** What is tested, and what the run may do to it. */

export interface House extends AsyncDisposable {
  readonly kind: 'cluster' | 'one' | 'remote';
  /** One per process, in their order. */
  readonly origins: readonly string[];
  readonly slug: string;
  /** An owner's invitation; null: there will be no commands. */
  readonly invite: string | null;
  readonly adminToken: string | null;
  /** Whether its processes are this machine's. */
  readonly isLocal: boolean;
  /** Where its journals lie, and where they are shipped to; null: nowhere that is known. */
  readonly dataDir: string | null;
  readonly databaseUrl: string | null;
  /** Renews every process, one after the other. Null: that is not ours to do. */
  readonly deploy: (() => Promise<void>) | null;
}

/** The invitation in a host's URL. Throws a RangeError when there is none. */
export function inviteIn(hostUrl: string): string {
  const invite = URL.canParse(hostUrl) ? new URLSearchParams(new URL(hostUrl).hash.slice(1)).get('invite') : null;
  if (!invite) throw new RangeError(`there is no #invite=… in ${hostUrl}`);
  return invite;
}

/** What a house prints once it is open. */
export function printedUrls(out: string): { readonly fan: string; readonly host: string } | null {
  const fan = /^fan {2}(\S+)$/m.exec(out)?.[1];
  const host = /^host {2}(\S+)$/m.exec(out)?.[1];
  return fan && host ? { fan, host } : null;
}

/**
 * A crowd comes from one address, which no crowd of fans does: what bounds a network is lifted, what bounds a fan stays.
 * Ten million is as high as the settings go.
 */
export const CROWD_SETTINGS = {
  TICKETS_PER_MINUTE_PER_NETWORK: '10000000',
  REQUESTS_PER_MINUTE_PER_NETWORK: '10000000',
} as const;
