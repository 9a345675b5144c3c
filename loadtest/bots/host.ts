/**
 * A host: runs the show once through, and sees on its own console that each command did what it says.
 * Needs `--host-url`, as the house printed it, and is alone: an invitation is opened once.
 */
import type { Room } from '@colyseus/sdk';
import { StageState } from '../../schemas/stage-state.ts';
import { sitDown, takeStageTicket } from '../doors.ts';
import { inviteIn } from '../house/house.ts';
import { type Bot, runBots } from './bot-run.ts';

type Console = Room<unknown, StageState>;

interface Step {
  readonly name: string;
  readonly payload: object;
  /** What the console shows once it is in force. */
  readonly shows: (state: StageState) => boolean;
}

const SHOW: readonly Step[] = [
  { name: 'announce', payload: { text: 'Doors are open' }, shows: ({ policy }) => policy.announcement === 'Doors are open' },
  { name: 'play', payload: {}, shows: (state) => inForce(state).status === 'playing' },
  { name: 'seek', payload: { toMs: 20_000 }, shows: (state) => inForce(state).positionMs >= 20_000 },
  { name: 'pause', payload: {}, shows: (state) => inForce(state).status === 'paused' },
  { name: 'chat-mode', payload: { mode: 'emoji' }, shows: ({ policy }) => policy.chatMode === 'emoji' },
  { name: 'chat-mode', payload: { mode: 'open' }, shows: ({ policy }) => policy.chatMode === 'open' },
  { name: 'slow-mode', payload: { everyMs: 5_000 }, shows: ({ policy }) => policy.slowMs === 5_000 },
  { name: 'slow-mode', payload: { everyMs: 0 }, shows: ({ policy }) => policy.slowMs === 0 },
  {
    name: 'skip',
    payload: {},
    shows: ({ log }) => [...log].some(({ command, result }) => command === 'skip' && result === 'done'),
  },
  { name: 'play', payload: {}, shows: (state) => inForce(state).status === 'playing' },
  { name: 'clear-announcement', payload: {}, shows: ({ policy }) => policy.announcement === '' },
];

runBots(async (bot) => {
  if (bot.hostUrl === null) throw new Error('a host needs --host-url');
  const room: Console = await sitDown(bot.origin, await takeStageTicket(bot, inviteIn(bot.hostUrl)), StageState);
  for (const step of SHOW) await command(bot, room, step);
  const { lineId } = await room.request<unknown, { readonly lineId: string }>('say', { text: 'Thank you all for coming' });
  await command(bot, room, { name: 'pin', payload: { lineId }, shows: ({ policy }) => policy.pinnedLine?.id === lineId });
  await command(bot, room, { name: 'unpin', payload: {}, shows: ({ policy }) => policy.pinnedLine === undefined });
  await room.leave(true);
});

async function command(bot: Bot, room: Console, { name, payload, shows }: Step): Promise<void> {
  await room.request(name, payload);
  bot.count('commands');
  await bot.until(`${name} does not show`, () => shows(room.state));
}

/** The cue that is coming, else what plays. */
const inForce = ({ next, playback }: StageState) => next ?? playback;
