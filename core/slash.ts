/** Staff commands as typed: `/mute @Ada 10m spamming`. Names, order and help come from the command registry. */
import type { Rank } from '../schemas/chat.ts';
import { COMMAND_NAMES, COMMANDS, type Command, type CommandName, type SlashArg } from '../schemas/commands.ts';
import { PartyError } from './errors.ts';
import { atLeast } from './moderation.ts';
import { NeedsFan, readArg, type SlashContext } from './slash-args.ts';
import { takeRest, takeWord } from './slash-words.ts';

export type SlashResult =
  | { readonly kind: 'command'; readonly command: Command }
  /** Nobody knows yet who this is: ask `find-fan` for the name, then parse again with a lookup that knows. */
  | { readonly kind: 'find-fan'; readonly name: string }
  /** What is wrong, and how the command is written when it is known which one was meant. */
  | { readonly kind: 'error'; readonly message: string; readonly usage?: string };

export interface SlashHelp {
  readonly name: CommandName;
  readonly usage: string;
  readonly help: string;
}

type SlashSpec = readonly (readonly [field: string, kind: SlashArg, optional?: 'optional'])[];

/** Reads a line from the console's box: a command when it begins with `/` (`//` says a line that does), else a staff line. */
export function parseSlash(text: string, context: SlashContext): SlashResult {
  const line = text.trim();
  if (!line.startsWith('/') || line.startsWith('//')) return parsed('say', { text: line.replace(/^\/\//, '/') });
  const [, word = '', rest = ''] = /^\/(\S*)(.*)$/su.exec(line) ?? [];
  const name = COMMAND_NAMES.find((candidate) => candidate === word.toLowerCase());
  const spec = name === undefined ? undefined : slashSpec(name);
  if (name === undefined || spec === undefined) return { kind: 'error', message: unknownCommand(word, context.rank) };
  if (!atLeast(context.rank, COMMANDS[name].rank)) {
    return { kind: 'error', message: `/${name} takes a ${COMMANDS[name].rank}; you are a ${context.rank}.` };
  }
  try {
    return parsed(name, readPayload(name, spec, rest, context));
  } catch (error) {
    if (error instanceof NeedsFan) return { kind: 'find-fan', name: error.fanName };
    if (error instanceof PartyError) return { kind: 'error', message: error.message, usage: usageOf(name) };
    throw error;
  }
}

/** The commands that someone of this rank can type, in the registry's order. */
export function slashHelp(rank: Rank): SlashHelp[] {
  return COMMAND_NAMES.filter((name) => slashSpec(name) !== undefined && atLeast(rank, COMMANDS[name].rank)).map((name) => ({
    name,
    usage: usageOf(name),
    help: COMMANDS[name].help,
  }));
}

/** How a command is written, such as `/kick @fan [10m] [text]`. */
export function usageOf(name: CommandName): string {
  const words = (slashSpec(name) ?? []).map(([field, kind, optional]) => {
    const shown = shownArg(name, field, kind);
    return optional === undefined ? shown : `[${shown}]`;
  });
  return [`/${name}`, ...words].join(' ');
}

function slashSpec(name: CommandName): SlashSpec | undefined {
  const spec = COMMANDS[name];
  return 'slash' in spec ? spec.slash : undefined;
}

const EXAMPLES: Readonly<Partial<Record<SlashArg, string>>> = {
  fan: '@fan',
  duration: '10m',
  position: '1:30',
  'on-off': 'on|off',
  index: 'place',
};

/** The choices if there is a choice, an example where one says more, else the field's name. */
function shownArg(name: CommandName, field: string, kind: SlashArg): string {
  const choices = fieldSchema(name, field)?.options;
  if (choices !== undefined) return choices.join('|');
  return EXAMPLES[kind] ?? field.replace(/Id$/, '');
}

/** What we use of a payload field's schema; `options` are those of an enumeration. */
interface FieldSchema {
  readonly options?: readonly string[];
  safeParse(value: unknown): { readonly error?: { readonly issues: readonly { readonly message: string }[] } | undefined };
}

function fieldSchema(name: CommandName, field: string): FieldSchema | undefined {
  const shape: Readonly<Record<string, FieldSchema>> = COMMANDS[name].payload.shape;
  return shape[field];
}

function readPayload(name: CommandName, spec: SlashSpec, words: string, context: SlashContext): Record<string, unknown> {
  const payload: Record<string, unknown> = {};
  let rest = words;
  for (const [field, kind, optional] of spec) {
    const taken = kind === 'text' ? takeRest(rest) : takeWord(rest);
    if (taken.word === '' && !taken.quoted) {
      if (optional === undefined) throw new PartyError('bad_payload', `Something is missing: ${shownArg(name, field, kind)}.`);
      continue;
    }
    const value = readArg(kind, field, taken.word, context);
    if (value === undefined) {
      // A word that is no duration belongs to the reason after it.
      if (optional !== undefined) continue;
      throw new PartyError('bad_payload', `“${taken.word}” is no ${kind}.`);
    }
    const refusal = refusalOf(name, field, value);
    if (refusal !== undefined) throw new PartyError('bad_payload', `“${taken.word}” will not do for /${name}: ${refusal}.`);
    payload[field] = value;
    rest = taken.rest;
  }
  if (rest.trim() !== '') throw new PartyError('bad_payload', `This is too much: “${rest.trim()}”.`);
  return payload;
}

function refusalOf(name: CommandName, field: string, value: unknown): string | undefined {
  return fieldSchema(name, field)?.safeParse(value).error?.issues[0]?.message;
}

function parsed(name: CommandName, fields: Record<string, unknown>): SlashResult {
  const result = COMMANDS[name].payload.safeParse(fields);
  // The registry pairs each name with its payload; that the pair is one of the union is lost in the lookup.
  if (result.success) return { kind: 'command', command: { name, payload: result.data } as Command };
  return { kind: 'error', message: result.error.issues.map(({ message }) => message).join('; '), usage: usageOf(name) };
}

function unknownCommand(word: string, rank: Rank): string {
  const typed = word.toLowerCase();
  const near = slashHelp(rank).find(({ name }) => typed !== '' && (name.startsWith(typed) || typed.startsWith(name)));
  return near === undefined
    ? `There is no command /${word} to type.`
    : `There is no command /${word}. Did you mean ${near.usage}?`;
}
