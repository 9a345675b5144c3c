/** Writes schemas the way people read them: zod messages as object notation, Colyseus state as rows of fields. */
import { z } from 'zod';

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

/** A message as `{ field, optional?: bounds }`, on one line. */
export function notationOf(schema: z.ZodType, direction: 'input' | 'output' = 'input'): string {
  return notation(z.toJSONSchema(schema, { io: direction }) as JsonSchema);
}

function notation(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return union.map(notation).join(' | ');
  switch (schema.type) {
    case 'object':
      return objectNotation(schema);
    case 'array':
      return `[${schema.items ? notation(schema.items) : ''}]`;
    case 'string':
      return schema.pattern ? idName(schema.pattern) : withBounds('string', schema.minLength, schema.maxLength);
    case 'integer':
    case 'number':
      return withBounds(schema.type === 'integer' ? 'int' : 'number', schema.minimum, schema.maximum);
    default:
      return schema.type ?? 'any';
  }
}

function objectNotation({ properties = {}, required = [], additionalProperties }: JsonSchema): string {
  const fields = Object.entries(properties).map(
    ([name, field]) => `${name}${required.includes(name) && field.default === undefined ? '' : '?'}: ${notation(field)}`,
  );
  if (typeof additionalProperties === 'object') fields.push(`[name]: ${notation(additionalProperties)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** `fan_…` for an id's pattern; other patterns are just strings of a kind. */
function idName(pattern: string): string {
  const prefix = /^\^([a-z]{3}_)/.exec(pattern);
  return prefix ? `"${prefix[1]}…"` : 'string';
}

function withBounds(type: string, low: number | undefined, high: number | undefined): string {
  const top = high === Number.MAX_SAFE_INTEGER ? undefined : high;
  if (top !== undefined) return `${type} ${group(low ?? 0)}–${group(top)}`;
  return low === undefined || low === Number.MIN_SAFE_INTEGER || low === 0 ? type : `${type} ≥ ${group(low)}`;
}

/** 1234567 as 1,234,567. */
export function group(value: number): string {
  return value.toLocaleString('en-US');
}

type StateType = string | StateClass | { readonly array: StateType } | { readonly map: StateType };
interface StateClass {
  readonly name: string;
}
interface StateField {
  readonly name: string;
  readonly type: StateType;
  readonly optional?: boolean;
}

/** The fields of a Colyseus state class, as its metadata lists them. */
export function stateFields(stateClass: StateClass): readonly { readonly name: string; readonly type: string }[] {
  return metadataOf(stateClass).map(({ name, type, optional }) => ({ name: optional ? `${name}?` : name, type: typeName(type) }));
}

/** The class and every state class that it contains, outermost first. */
export function stateClasses(root: StateClass, seen: StateClass[] = []): readonly StateClass[] {
  if (seen.includes(root)) return seen;
  seen.push(root);
  for (const { type } of metadataOf(root)) {
    const inner = innermost(type);
    if (typeof inner !== 'string') stateClasses(inner, seen);
  }
  return seen;
}

function metadataOf(stateClass: StateClass): readonly StateField[] {
  const metadata = (stateClass as unknown as Record<symbol, Record<string, StateField> | undefined>)[Symbol.metadata] ?? {};
  return Object.values(metadata);
}

function innermost(type: StateType): string | StateClass {
  if (typeof type === 'object' && 'array' in type) return innermost(type.array);
  if (typeof type === 'object' && 'map' in type) return innermost(type.map);
  return type;
}

function typeName(type: StateType): string {
  if (typeof type === 'string') return type;
  if (typeof type === 'object' && 'array' in type) return `${typeName(type.array)}[]`;
  if (typeof type === 'object' && 'map' in type) return `map of ${typeName(type.map)}`;
  return type.name;
}
