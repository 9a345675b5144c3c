/** Takes out of a log record what must not be in a log, wherever it hides. */

const CENSORED = '[redacted]';
const DEPTH_MAX = 6;
const ENTRIES_MAX = 50;

/** Fields whose values are people's names, their words, or keys to something; compared in lower case. */
const PRIVATE_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'fanname',
  'staffname',
  'text',
  'announcement',
  'payload',
  'body',
  'reply',
  'token',
  'linetoken',
  'ticket',
  'invite',
  'inviteid',
  'secret',
  'secrets',
  'sig',
  'signature',
  'password',
  'authorization',
  'auth',
  'cookie',
  'cookies',
  'set-cookie',
  'headers',
  'query',
  'search',
  'ip',
  'address',
  'remoteaddress',
]);

/** Query strings and fragments that carry values, and bearer tokens, inside any text. */
const QUERY = /[?#][\w.~%-]+=[^\s"'<>]*/g;
const BEARER = /\bBearer\s+\S+/gi;

function cleanText(text: string): string {
  return text.replace(QUERY, `?${CENSORED}`).replace(BEARER, `Bearer ${CENSORED}`);
}

/** A copy that is safe to write; errors become `{ type, code?, message, stack, cause? }`. Bounded in depth and width. */
export function withoutPrivate(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  if (depth >= DEPTH_MAX) return '[deep]';
  if (value instanceof Error) return errorFields(value, depth);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, ENTRIES_MAX).map((item) => withoutPrivate(item, depth + 1));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    entries
      .slice(0, ENTRIES_MAX)
      .map(([key, item]) => [key, PRIVATE_FIELDS.has(String(key).toLowerCase()) ? CENSORED : withoutPrivate(item, depth + 1)]),
  );
}

function errorFields(error: Error, depth: number): object {
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  return {
    type: name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message: cleanText(message),
    ...(stack === undefined ? {} : { stack: cleanText(stack) }),
    ...(cause === undefined ? {} : { cause: withoutPrivate(cause, depth + 1) }),
  };
}
