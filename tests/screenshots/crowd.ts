/** A room that is alive: fans who talk, answer each other and react, until told to stop. */
import { systemClock } from '../../core/clock.ts';
import { eventSummary, sitDown, takeTicket } from '../../loadtest/doors.ts';
import { fanTalk } from '../../loadtest/fan-talk.ts';
import type { ChatReply } from '../../schemas/section-messages.ts';
import { SectionState } from '../../schemas/section-state.ts';

const JOIN_TOGETHER = 20;
/** Each fan's pause between two lines; the crowd together says about four a second. */
const LINE_EVERY_MS_PER_FAN = 250;
const REACT_EVERY_MS = 1_500;
const REPLY_SHARE = 0.15;

/** Resolves once all of them have sat down; call the result to send them home. */
export async function crowd(origin: string, slug: string, fans: number): Promise<() => Promise<void>> {
  const clock = systemClock();
  const { emojis } = await eventSummary({ origin, slug });
  const said: string[] = [];
  const leaves: (() => Promise<unknown>)[] = [];

  async function join(index: number): Promise<void> {
    const talk = fanTalk(index, Math.random);
    const room = await sitDown(origin, await takeTicket({ clock, origin, slug }, talk.name()), SectionState);
    let lines = 0;
    const speak = async () => {
      const replyTo = Math.random() < REPLY_SHARE ? said.at(-Math.ceil(Math.random() * 8)) : undefined;
      const { id } = await room.request<unknown, ChatReply>('chat', { key: `${index}-${lines++}`, text: talk.line(), replyTo });
      said.push(id);
    };
    const react = () => room.request('react', { emoji: emojis[Math.floor(Math.random() ** 2 * emojis.length)], count: 1 });
    // A refused line is a fan who talks too much; the picture does not need it.
    const quietly = (act: () => Promise<unknown>) => void act().catch(() => undefined);
    const stops = [
      clock.after(Math.random() * fans * LINE_EVERY_MS_PER_FAN, () => quietly(speak)),
      clock.every(fans * LINE_EVERY_MS_PER_FAN * (0.7 + Math.random() * 0.6), () => quietly(speak)),
      clock.every(REACT_EVERY_MS * (1 + Math.random() * 4), () => quietly(react)),
    ];
    leaves.push(async () => {
      for (const stop of stops) stop();
      if (room.connection.isOpen) await room.leave(true);
    });
  }

  for (let first = 0; first < fans; first += JOIN_TOGETHER) {
    const together = Array.from({ length: Math.min(JOIN_TOGETHER, fans - first) }, (_, n) => join(first + n));
    await Promise.all(together);
  }
  return async () => void (await Promise.all(leaves.map((leave) => leave())));
}
