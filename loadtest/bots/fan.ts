/** A fan: takes a ticket, sits down, says a few lines, reacts, hears others, and leaves. */
import type { Room } from '@colyseus/sdk';
import { CLOSE_CODES } from '../../schemas/errors.ts';
import type { ChatReply } from '../../schemas/section-messages.ts';
import { SectionState } from '../../schemas/section-state.ts';
import { eventSummary, sitDown, takeTicket } from '../doors.ts';
import { fanTalk } from '../fan-talk.ts';
import { type Bot, runBots } from './bot-run.ts';

const LINE_PAUSE_MS = 2_500;

runBots(async (bot) => {
  const { emojis } = await eventSummary(bot);
  const talk = fanTalk(bot.index, bot.random);
  const granted = await takeTicket(bot, talk.name());
  const room = await sitDown(bot.origin, granted, SectionState);
  bot.count('joined');
  room.onError((code, message) => bot.complain(`the room said ${code} ${message}`));
  await stay(bot, room, talk.line, emojis[bot.index % emojis.length] ?? '');
  const left = new Promise<number>((resolve) => room.onLeave(resolve));
  await room.leave(true);
  const code = await left;
  if (code !== CLOSE_CODES.left) throw new Error(`closed with ${code}, not ${CLOSE_CODES.left}`);
  bot.count('left');
});

async function stay(bot: Bot, room: Room<unknown, SectionState>, line: () => string, emoji: string): Promise<void> {
  const seen = new Set<string>();
  const mine = new Set<string>();
  room.onStateChange((state) => {
    for (const { seq, id } of state.lines) if (seq > 0) seen.add(id);
  });
  for (let n = 0; n < bot.lines; n += 1) {
    await bot.pause((0.5 + bot.random()) * LINE_PAUSE_MS);
    const { id } = await room.request<unknown, ChatReply>('chat', { key: `${bot.index}-${n}`, text: line() });
    mine.add(id);
    bot.count('linesAcknowledged');
    await room.request('react', { emoji, count: 1 + Math.floor(bot.random() * 5) });
    bot.count('reactions');
  }
  await room.request('clock', { t0: bot.clock.nowMs() });
  await bot.until('heard nobody else', () => bot.bots === 1 || [...seen].some((id) => !mine.has(id)));
  bot.count('linesSeen', seen.size);
}
