/** docs/protocol.md, made from what the code itself runs on: the registry, the messages, the codes, the state classes. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { COMMANDS } from '../schemas/commands.ts';
import {
  CLOSE_CODES,
  closeAction,
  HTTP_ERROR_CODES,
  REQUEST_ERROR_CODES,
  TICKET_CLOSE_CODES,
  TICKET_ERROR_CODES,
} from '../schemas/errors.ts';
import { EventSummary, TicketGranted, TicketInLine, TicketRequest } from '../schemas/http.ts';
import * as limits from '../schemas/limits.ts';
import { PROTOCOL_HISTORY, PROTOCOL_VERSION } from '../schemas/protocol.ts';
import { SECTION_REQUESTS } from '../schemas/section-messages.ts';
import { SectionState } from '../schemas/section-state.ts';
import { StageState } from '../schemas/stage-state.ts';
import { group, notationOf, stateClasses, stateFields } from './notation.ts';

export const PROTOCOL_FILE = new URL('protocol.md', import.meta.url);
const INTRODUCTION = new URL('protocol-introduction.md', import.meta.url);

const CLOSE_ACTIONS = {
  leave: 'nothing: the fan left',
  return: 'come back with a new ticket',
  'stay-away': 'stay away, and say why',
  'new-ticket': 'take a new ticket',
  retry: 'one retry on the same seat, then a new ticket',
} as const;

interface SlashCommand {
  readonly payload: z.ZodType;
  readonly rank: string;
  readonly help: string;
  readonly slash?: readonly (readonly [field: string, kind: string, optional?: 'optional'])[];
}

export function protocolPageOnDisk(): string {
  return readFileSync(PROTOCOL_FILE, 'utf8');
}

export function protocolPage(): string {
  const commands: readonly (readonly [string, SlashCommand])[] = Object.entries(COMMANDS);
  const [shared, ownOfStage] = [stateClasses(SectionState), stateClasses(StageState)];
  return [
    '<!-- Made by `npm run docs:protocol` from schemas/ and docs/protocol-introduction.md; edit those. -->',
    readFileSync(INTRODUCTION, 'utf8').trim(),
    `## Version\n\nThis is version ${PROTOCOL_VERSION}. A page that was built for another one reloads itself.`,
    table(
      ['version', 'what'],
      PROTOCOL_HISTORY.map(({ version, what }) => [String(version), what]),
    ),
    '## HTTP bodies',
    table(
      ['request', 'body', 'answer'],
      [
        ['`GET /api/events/:slug`', '', code(notationOf(EventSummary, 'output'))],
        ['`POST /api/events/:slug/tickets`', code(notationOf(TicketRequest)), `201 ${code(notationOf(TicketGranted, 'output'))}`],
        ['… when there is a line', '', `202 ${code(notationOf(TicketInLine, 'output'))}`],
      ],
    ),
    `Refusals are \`{ code, message, retryInMs? }\` with one of: ${list(HTTP_ERROR_CODES)}.`,
    '## Close codes',
    table(
      ['code', 'name', 'what a page does'],
      Object.entries(CLOSE_CODES).map(([name, value]) => [String(value), name, CLOSE_ACTIONS[closeAction(value)]]),
    ),
    'A refused ticket first gets an error with its code, then the close:',
    table(
      ['code', 'close code'],
      TICKET_ERROR_CODES.map((name) => [code(name), String(TICKET_CLOSE_CODES[name])]),
    ),
    '## Section: requests by fans',
    table(
      ['name', 'does', 'payload', 'answer'],
      Object.entries(SECTION_REQUESTS).map(([name, { payload, answer, help }]) => [
        code(name),
        help,
        code(notationOf(payload)),
        code(notationOf(answer, 'output')),
      ]),
    ),
    `A refusal is \`{ code, message, retryInMs? }\`, the code being one of: ${list(REQUEST_ERROR_CODES)}.`,
    '## Stage: commands by staff',
    table(
      ['name', 'does', 'rank', 'payload', 'in chat'],
      commands.map(([name, spec]) => [code(name), spec.help, spec.rank, code(notationOf(spec.payload)), slashForm(name, spec)]),
    ),
    '## State of a section',
    ...shared.map((stateClass) => stateTable(stateClass)),
    '## State of the stage',
    ...ownOfStage.filter((stateClass) => !shared.includes(stateClass)).map((stateClass) => stateTable(stateClass)),
    '## Limits',
    table(
      ['limit', 'value'],
      Object.entries(limits).map(([name, value]) => [code(name), group(value)]),
    ),
    '',
  ].join('\n\n');
}

function stateTable(stateClass: { readonly name: string }): string {
  const rows = stateFields(stateClass).map(({ name, type }) => [code(name), type]);
  return `### ${stateClass.name}\n\n${table(['field', 'type'], rows)}`;
}

function slashForm(name: string, { slash }: SlashCommand): string {
  if (!slash) return '';
  const words = slash.map(([field, , optional]) => (optional ? `[${field}]` : field));
  return code([`/${name}`, ...words].join(' '));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function list(names: readonly string[]): string {
  return names.map(code).join(' ');
}
