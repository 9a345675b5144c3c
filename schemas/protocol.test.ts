import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DownMessage, SeatOffer, UpMessage } from './bus-messages.ts';
import { COMMANDS } from './commands.ts';
import * as errors from './errors.ts';
import { EventSummary, TicketGranted, TicketInLine, TicketRequest } from './http.ts';
import { PROTOCOL_HISTORY, PROTOCOL_VERSION } from './protocol.ts';
import { SECTION_REQUESTS } from './section-messages.ts';
import { SectionState } from './section-state.ts';
import { StageSnapshot } from './stage.ts';
import { StageState } from './stage-state.ts';

/** What anyone out there may send us: this is what must be strict and bounded. */
const INBOUND: Readonly<Record<string, z.ZodType>> = {
  'http tickets': TicketRequest,
  ...Object.fromEntries(Object.entries(SECTION_REQUESTS).map(([name, { payload }]) => [`section ${name}`, payload])),
  ...Object.fromEntries(Object.entries(COMMANDS).map(([name, { payload }]) => [`stage ${name}`, payload])),
};

/** What we send, and what our own processes say to each other. */
const OUTBOUND: Readonly<Record<string, z.ZodType>> = {
  'http event': EventSummary,
  'http granted': TicketGranted,
  'http in line': TicketInLine,
  ...Object.fromEntries(Object.entries(SECTION_REQUESTS).map(([name, { answer }]) => [`section ${name} answer`, answer])),
  'bus down': DownMessage,
  'bus up': UpMessage,
  'bus seats': SeatOffer,
  'stage snapshot': StageSnapshot,
};

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

const jsonSchemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as JsonSchema;

/** Every schema within a schema, with the way to it. */
function* parts(schema: JsonSchema, way: string): Generator<readonly [way: string, part: JsonSchema]> {
  yield [way, schema];
  for (const [name, part] of Object.entries(schema.properties ?? {})) yield* parts(part, `${way}.${name}`);
  for (const part of [schema.items, schema.additionalProperties]) if (typeof part === 'object') yield* parts(part, `${way}[]`);
  for (const part of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]) yield* parts(part, way);
}

/** A pattern bounds a string when it is anchored and repeats nothing without end. */
function isBoundedPattern(pattern: string | undefined): boolean {
  if (pattern === undefined || !pattern.startsWith('^') || !pattern.endsWith('$')) return false;
  return !/(?<!\\)[*+]|\{\d+,\}/.test(pattern.replaceAll(/\[[^\]]*\]/g, 'x'));
}

function isBoundedString({ maxLength, pattern, enum: choices, const: only }: JsonSchema): boolean {
  return maxLength !== undefined || choices !== undefined || only !== undefined || isBoundedPattern(pattern);
}

type StateClass = { readonly name: string; readonly [Symbol.metadata]: object | null };
type StateType = string | StateClass | readonly [StateClass] | { readonly array: StateType } | { readonly map: StateType };

/** A state's fields in the order of the wire, with everything that they refer to. */
function stateShape(state: StateClass): unknown {
  const fields = Object.values(state[Symbol.metadata] ?? {}) as { index: number; name: string; type: StateType }[];
  return fields.map(({ index, name, type }) => [index, name, typeShape(type)]);
}

function typeShape(type: StateType): unknown {
  if (typeof type === 'string') return type;
  if (typeof type === 'function') return stateShape(type);
  if (Array.isArray(type)) return stateShape(type[0] as StateClass);
  return Object.entries(type).map(([collection, item]) => [collection, typeShape(item)]);
}

/** Keys in one order: on the wire their order means nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function protocolShape(): Readonly<Record<string, unknown>> {
  const messages = Object.entries({ ...INBOUND, ...OUTBOUND }).map(([name, schema]) => [name, jsonSchemaOf(schema)]);
  return {
    ...Object.fromEntries(messages),
    ranks: Object.entries(COMMANDS).map(([name, { rank }]) => [name, rank]),
    'section state': stateShape(SectionState as unknown as StateClass),
    'stage state': stateShape(StageState as unknown as StateClass),
    errors: [errors.HTTP_ERROR_CODES, errors.REQUEST_ERROR_CODES, errors.TICKET_ERROR_CODES],
    closes: [errors.CLOSE_CODES, errors.TICKET_CLOSE_CODES],
  };
}

const fingerprintOf = (shape: unknown) => createHash('sha256').update(canonical(shape)).digest('hex').slice(0, 16);

describe('protocol', () => {
  it('SC20 is what its version says: a changed message needs a new version and a line of history', () => {
    const pinned = PROTOCOL_HISTORY.at(-1);
    const found = fingerprintOf(protocolShape());
    assert.equal(pinned?.version, PROTOCOL_VERSION, 'the last line of PROTOCOL_HISTORY is that of PROTOCOL_VERSION');
    assert.equal(
      found,
      pinned.fingerprint,
      [
        'What crosses the wire has changed.',
        `Once version ${PROTOCOL_VERSION} is out with anyone, in schemas/protocol.ts raise PROTOCOL_VERSION to ${PROTOCOL_VERSION + 1} and add`,
        `  { version: ${PROTOCOL_VERSION + 1}, what: '<what changed>', fingerprint: '${found}' }`,
        `to the end of PROTOCOL_HISTORY. While nobody has version ${PROTOCOL_VERSION}, replace its fingerprint there by '${found}'.`,
        'Then run `npm run docs:protocol`.',
      ].join('\n'),
    );
  });

  it('SC21 counts its versions up from 1, each with its reason and its own fingerprint', () => {
    assert.deepEqual(
      PROTOCOL_HISTORY.map(({ version }) => version),
      PROTOCOL_HISTORY.map((_, index) => index + 1),
    );
    for (const { what, fingerprint } of PROTOCOL_HISTORY) assert.ok(what !== '' && /^[0-9a-f]{16}$/.test(fingerprint));
    assert.equal(new Set(PROTOCOL_HISTORY.map(({ fingerprint }) => fingerprint)).size, PROTOCOL_HISTORY.length);
  });

  it('SC22 has a fingerprint that any change of a message, a state or a code changes', () => {
    const shape = protocolShape();
    const pinned = fingerprintOf(shape);
    for (const name of Object.keys(shape)) assert.notEqual(fingerprintOf({ ...shape, [name]: null }), pinned, name);
    const wider = { ...shape, 'section react': jsonSchemaOf(z.strictObject({ emoji: z.string().max(17) })) };
    assert.notEqual(fingerprintOf(wider), pinned);
    assert.match(
      canonical(shape['section state']),
      /"anchorMs","number".*"revision","uint32".*"reactions",\[\["map","uint32"\]\]/,
    );
    assert.match(canonical(shape['stage state']), /"syncP50Ms","float32"/);
  });

  it('SC23 is strict: no message takes a field that it does not know', () => {
    for (const [name, schema] of Object.entries({ ...INBOUND, ...OUTBOUND })) {
      for (const [way, part] of parts(jsonSchemaOf(schema), name)) {
        if (part.type !== 'object' || part.propertyNames !== undefined) continue;
        assert.equal(part.additionalProperties, false, way);
      }
    }
  });

  it('SC24 is bounded: no string or list that comes from outside can be of any size', () => {
    for (const [name, schema] of Object.entries(INBOUND)) {
      for (const [way, part] of parts(jsonSchemaOf(schema), name)) {
        if (part.type === 'string') assert.ok(isBoundedString(part), `${way} has no bound`);
        if (part.type === 'array') assert.ok(part.maxItems !== undefined, `${way} has no bound`);
        assert.equal(part.propertyNames, undefined, `${way} takes any keys`);
      }
      assert.ok(!schema.safeParse(null).success && !schema.safeParse([]).success && !schema.safeParse('x').success, name);
    }
  });

  it('SC25 knows a bound when it sees one', () => {
    const bounded = [z.string().max(3), z.enum(['a']), z.literal('x'), z.string().regex(/^a{1,3}[+*]$/)];
    const unbounded = [z.string(), z.string().regex(/^a+$/), z.string().regex(/a/), z.string().regex(/^a{2,}$/)];
    assert.deepEqual(
      [...bounded, ...unbounded].map((schema) => isBoundedString(jsonSchemaOf(schema))),
      [...bounded.map(() => true), ...unbounded.map(() => false)],
    );
  });

  it('SC26 gives every close code one meaning, by its hundred, and every refused ticket its close code', () => {
    const codes = Object.values(errors.CLOSE_CODES);
    assert.equal(new Set(codes).size, codes.length);
    const actions = Object.fromEntries(
      Object.entries(errors.CLOSE_CODES).map(([name, code]) => [name, errors.closeAction(code)]),
    );
    assert.deepEqual(actions, {
      left: 'leave',
      moved: 'return',
      sectionGone: 'return',
      tooSlow: 'return',
      silentJoin: 'return',
      banned: 'stay-away',
      kicked: 'stay-away',
      ended: 'stay-away',
      openedElsewhere: 'stay-away',
      ticketInvalid: 'new-ticket',
      ticketExpired: 'new-ticket',
      ticketUsed: 'new-ticket',
      ticketElsewhere: 'new-ticket',
    });
    for (const code of [1000, 1001, 1005, 1006, 3999, 4400]) assert.equal(errors.closeAction(code), 'retry');
    for (const code of errors.TICKET_ERROR_CODES) assert.ok(codes.includes(errors.TICKET_CLOSE_CODES[code]), code);
  });

  it('SC27 keeps the words of its error codes apart', () => {
    for (const catalogue of [errors.HTTP_ERROR_CODES, errors.REQUEST_ERROR_CODES, errors.TICKET_ERROR_CODES]) {
      assert.equal(new Set(catalogue).size, catalogue.length);
      for (const code of catalogue) assert.match(code, /^[a-z]+(?:_[a-z]+)*$/);
    }
  });
});
