/** A chatter: talks as fast as a fan may, answers what it reads, and waits exactly as long as it is told to. */
import type { ChatReply } from '../../schemas/section-messages.ts';
import { SectionState } from '../../schemas/section-state.ts';
import { sitDown, takeTicket } from '../doors.ts';
import { fanTalk } from '../fan-talk.ts';
import { reasonOf, runBots } from './bot-run.ts';

/** Every other line answers somebody. */
const ANSWERS_SHARE = 0.5;

runBots(async (bot) => {
  const talk = fanTalk(bot.index, bot.random);
  const room = await sitDown(bot.origin, await takeTicket(bot, talk.name()), SectionState);
  bot.count('joined');
  for (let n = 0; n < bot.lines; ) {
    const others = [...room.state.lines].filter(({ seq, role }) => seq > 0 && role === 'fan');
    const heard = others[Math.floor(bot.random() * others.length)];
    const replyTo = heard && bot.random() < ANSWERS_SHARE ? { replyTo: heard.id } : {};
    try {
      const { fate } = await room.request<unknown, ChatReply>('chat', {
        key: `${bot.index}-${n}`,
        text: talk.line(),
        ...replyTo,
      });
      bot.count(`fate ${fate}`);
      if ('replyTo' in replyTo) bot.count('answers');
      n += 1;
    } catch (error) {
      const { code, retryInMs } =
        (error as { readonly reason?: { readonly code?: string; readonly retryInMs?: number } }).reason ?? {};
      if (retryInMs === undefined) throw new Error(reasonOf(error), { cause: error });
      bot.count(`told to wait: ${code}`);
      await bot.pause(retryInMs);
    }
  }
  await room.leave(true);
});
