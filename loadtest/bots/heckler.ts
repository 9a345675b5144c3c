/**
 * A heckler: breaks every rule that a fan can break, one after the other. Each refusal must have its own code, none may cost the
 * seat, and a good line afterwards must still be heard.
 */
import { Client, type Room, type SeatReservation } from '@colyseus/sdk';
import { CLOSE_CODES } from '../../schemas/errors.ts';
import { LINE_MAX_CHARS, REACTIONS_PER_REQUEST } from '../../schemas/limits.ts';
import { SectionState } from '../../schemas/section-state.ts';
import { sitDown, takeTicket } from '../doors.ts';
import { type Bot, runBots } from './bot-run.ts';

/** More than the burst that fans have. */
const FLOOD_LINES = 20;
const PATIENCE_MS = 60_000;

/** What is said to a section, and the code that comes back. */
const ASKS: readonly (readonly [code: string, request: string, payload: unknown])[] = [
  ['bad_payload', 'chat', {}],
  ['bad_payload', 'chat', { key: 'k', text: 5 }],
  ['bad_payload', 'chat', { key: 'no spaces', text: 'hello' }],
  ['bad_payload', 'chat', { key: 'k', text: 'hello', role: 'owner' }],
  ['bad_payload', 'chat', { key: 'k', text: 'x'.repeat(LINE_MAX_CHARS * 8 + 1) }],
  ['too_long', 'chat', { key: 'k-long', text: 'x'.repeat(LINE_MAX_CHARS + 1) }],
  ['empty', 'chat', { key: 'k-empty', text: ' \u200b \u202e ' }],
  ['bad_payload', 'react', { emoji: '🔥', count: REACTIONS_PER_REQUEST + 1 }],
  ['bad_payload', 'react', { emoji: '🔥', count: -1 }],
  ['bad_payload', 'clock', { t0: 'now' }],
  ['bad_payload', 'clock', { t0: 0, errorMs: 1e9 }],
  ['unknown_line', 'report', { lineId: `lin_${'0'.repeat(16)}`, reason: 'I never liked it' }],
  ['unknown_request', 'seek', { toMs: 0 }],
  ['unknown_request', 'ban', { fanId: 'fan_000000000000', forMs: null, scope: 'label', reason: '' }],
  ['unknown_request', '__proto__', {}],
];

/** What is sent to the doors. */
const BODIES: readonly (readonly [code: string, body: unknown])[] = [
  ['bad_name', { name: 'Owner' }],
  ['bad_name', { name: 'М0derator' }],
  ['bad_name', { name: '   ' }],
  ['bad_name', { name: 'evil\u202elive' }],
  ['bad_name', { name: 'x'.repeat(33) }],
  ['bad_request', { name: 7 }],
  ['bad_request', { name: 'Mara', rank: 'owner' }],
  ['bad_request', []],
  ['bad_invite', { name: 'Mara', invite: 'let me in' }],
];

runBots(async (bot) => {
  for (const [code, body] of BODIES) expect(bot, code, await answerOfDoors(bot, bot.slug, body), body);
  expect(bot, 'unknown_event', await answerOfDoors(bot, 'no-such-night', { name: 'Mara' }), 'another event');
  const granted = await takeTicket(bot, `heckler ${bot.index}`);
  const forged = `${granted.ticket.slice(0, -4)}AAAA`;
  expect(bot, CLOSE_CODES.ticketInvalid, await closedWith(bot, { ...granted, ticket: forged }), 'a forged ticket');
  const room = await sitDown(bot.origin, granted, SectionState);
  expect(bot, CLOSE_CODES.ticketUsed, await closedWith(bot, granted), 'a used ticket');

  for (const [code, request, payload] of ASKS) expect(bot, code, await answerOf(room, request, payload), payload);
  await saidOnce(bot, room, 'k-first', `heckler ${bot.index} is here`);
  expect(
    bot,
    'repeated',
    await answerOf(room, 'chat', { key: 'k-again', text: `HECKLER  ${bot.index} is here!!` }),
    'the same again',
  );
  await followLink(bot, room);
  const flood = Array.from({ length: FLOOD_LINES }, (_, n) =>
    answerOf(room, 'chat', { key: `f-${n}`, text: `flood number ${n} by ${bot.index}` }),
  );
  const answers = await Promise.all(flood);
  if (!answers.includes('rate_limited')) bot.complain('a flood was not refused');
  for (const answer of answers)
    if (!['accepted', 'rate_limited', 'slow_mode'].includes(answer)) bot.complain(`a flood was answered ${answer}`);
  if (!room.connection.isOpen) throw new Error('it was thrown out');
  await saidOnce(bot, room, 'k-last', `no hard feelings, says heckler ${bot.index}`);
  await room.leave(true);
});

/** Links are for everyone or for staff, as the policy of the moment says. */
async function followLink(bot: Bot, room: Room<unknown, SectionState>): Promise<void> {
  if (room.state.policy.links !== 'staff') return;
  for (const text of ['https://spam.example/win', 'spam.example', 'spam[dot]example/win']) {
    expect(bot, 'links_closed', await answerOf(room, 'chat', { key: 'k-link', text }), text);
  }
}

/** A line that breaks no rule, as soon as pace allows it. */
async function saidOnce(bot: Bot, room: Room<unknown, SectionState>, key: string, text: string): Promise<void> {
  const endMs = bot.clock.nowMs() + PATIENCE_MS;
  for (;;) {
    const { code, retryInMs } = await refusalOf(room, 'chat', { key, text });
    if (code === 'accepted') return bot.count('good lines');
    if (retryInMs === undefined || bot.clock.nowMs() > endMs) throw new Error(`a good line was refused with ${code}`);
    await bot.pause(retryInMs);
  }
}

function expect(bot: Bot, wanted: string | number, got: string | number, what: unknown): void {
  bot.count('rules broken');
  if (got !== wanted) bot.complain(`${JSON.stringify(what)?.slice(0, 80)} was answered ${got}, not ${wanted}`);
}

async function answerOfDoors({ origin }: Bot, slug: string, body: unknown): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(`${origin}/api/events/${slug}/tickets`, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = (await reply.json()) as { readonly code?: string };
  return reply.ok ? 'accepted' : (answer.code ?? `status ${reply.status}`);
}

async function answerOf(room: Room, request: string, payload: unknown): Promise<string> {
  return (await refusalOf(room, request, payload)).code;
}

async function refusalOf(
  room: Room,
  request: string,
  payload: unknown,
): Promise<{ readonly code: string; readonly retryInMs?: number }> {
  try {
    await room.request(request, payload);
    return { code: 'accepted' };
  } catch (error) {
    const { reason } = error as { readonly reason?: { readonly code?: string; readonly retryInMs?: number } };
    return { ...reason, code: reason?.code ?? String(error) };
  }
}

/** The code that a seat is refused with; 0 when it is not. */
async function closedWith({ origin }: Bot, { ticket, seat }: Awaited<ReturnType<typeof takeTicket>>): Promise<number> {
  const client = new Client(origin);
  client.auth.token = ticket;
  try {
    const room = await client.consumeSeatReservation(seat as SeatReservation, SectionState);
    await room.leave(true);
    return 0;
  } catch (error) {
    return (error as { readonly code?: number }).code ?? -1;
  }
}
