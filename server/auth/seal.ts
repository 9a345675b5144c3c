/**
 * Signed tokens: `<kind><version>.<payload>.<mac>`, all of it URL-safe.
 * The one place that computes an HMAC over something that comes back from outside.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token is for. The kind is part of what is signed: a token of one kind never opens as another. */
export type SealKind = 'ticket' | 'fan' | 'staff' | 'line';

const PREFIX: Readonly<Record<SealKind, string>> = { ticket: 't1', fan: 'f1', staff: 's1', line: 'l1' };
/** Longer than any token that we make; nothing longer is hashed. */
const TOKEN_MAX_CHARS = 1_024;

export interface Sealer {
  /** Signs with the newest secret. */
  seal(kind: SealKind, payload: string): string;
  /**
   * The payload, if any secret of the list made this token for this purpose. Whatever comes back was sealed by us and not changed since, so its
   * shape needs no check: a kind whose shape changes gets another prefix.
   */
  open(kind: SealKind, token: string): string | undefined;
}

/** `secrets`, newest first: the first signs, every one verifies, so that a secret can be rotated without logging anyone out. */
export function createSealer(secrets: readonly string[]): Sealer {
  const [newest] = secrets;
  if (newest === undefined) throw new Error('a sealer needs at least one secret');
  return {
    seal(kind, payload) {
      const body = `${PREFIX[kind]}.${Buffer.from(payload).toString('base64url')}`;
      return `${body}.${sign(newest, body)}`;
    },
    open(kind, token) {
      if (token.length > TOKEN_MAX_CHARS) return undefined;
      const end = token.lastIndexOf('.');
      const body = token.slice(0, Math.max(end, 0));
      const start = PREFIX[kind].length + 1;
      if (!body.startsWith(`${PREFIX[kind]}.`)) return undefined;
      const mac = token.slice(end + 1);
      if (!secrets.some((secret) => sameText(sign(secret, body), mac))) return undefined;
      return Buffer.from(body.slice(start), 'base64url').toString();
    },
  };
}

function sign(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('base64url');
}

/** In constant time; compares the text, since several base64url texts decode to the same bytes. */
function sameText(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Which kind of token this claims to be; says nothing about whether it is one. */
export function claimedKind(token: string): SealKind | undefined {
  const prefix = token.slice(0, token.indexOf('.'));
  return (Object.keys(PREFIX) as SealKind[]).find((kind) => PREFIX[kind] === prefix);
}
