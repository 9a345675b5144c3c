/** Requests by fans to their section, and their answers. */
import { z } from 'zod';
import { Fate } from './chat.ts';
import { LineId } from './ids.ts';
import { KEY_MAX_CHARS, LINE_MAX_CHARS, REACTIONS_PER_REQUEST, REASON_MAX_CHARS } from './limits.ts';

/** The page's own name for a request: the same key has the same effect once. */
export const Key = z
  .string()
  .min(1)
  .max(KEY_MAX_CHARS)
  .regex(/^[\w.:-]+$/);
export type Key = z.infer<typeof Key>;

/** Length is checked by the chat policy, whose refusals are `empty` and `too_long`; here only a hard bound. */
const RawText = z.string().max(LINE_MAX_CHARS * 8);

export const Chat = z.strictObject({ key: Key, text: RawText, replyTo: LineId.optional() });
export type Chat = z.infer<typeof Chat>;
export const ChatReply = z.strictObject({
  id: LineId,
  /** How many lines the section had accepted, this one included. */
  seq: z.int().min(1),
  atMs: z.number(),
  fate: Fate,
});
export type ChatReply = z.infer<typeof ChatReply>;

export const React = z.strictObject({
  emoji: z.string().min(1).max(16),
  count: z.int().min(1).max(REACTIONS_PER_REQUEST),
});
export type React = z.infer<typeof React>;

export const ClockPing = z.strictObject({
  /** The page's own clock; echoed. */
  t0: z.number(),
  /** Marked seats only: |heard − playhead| in ms, signed. */
  errorMs: z.number().min(-60_000).max(60_000).optional(),
});
export type ClockPing = z.infer<typeof ClockPing>;
export const ClockPong = z.strictObject({
  t0: z.number(),
  t1: z.number(),
  t2: z.number(),
  /** A busy house would like not to be asked again for so long. */
  restMs: z.number().min(0).optional(),
});
export type ClockPong = z.infer<typeof ClockPong>;

export const Report = z.strictObject({ lineId: LineId, reason: z.string().trim().min(1).max(REASON_MAX_CHARS) });
export type Report = z.infer<typeof Report>;

const Empty = z.strictObject({});

/** The one list of what a fan may ask: name, payload, answer. */
export const SECTION_REQUESTS = {
  chat: { payload: Chat, answer: ChatReply, help: 'Says a line.' },
  react: { payload: React, answer: Empty, help: 'Adds reactions to the beat.' },
  clock: { payload: ClockPing, answer: ClockPong, help: 'Takes a clock sample; doubles as liveness.' },
  report: { payload: Report, answer: Empty, help: 'Points staff to a line.' },
} as const;
