/** A fan who was banned before anything happened, and tries every door while it does. */
import type { Clock } from '../../core/clock.ts';
import { FanId } from '../../schemas/ids.ts';
import { SectionState } from '../../schemas/section-state.ts';
import { sitDown, takeTicket } from '../doors.ts';
import type { HostConsole } from '../host/host-console.ts';
import type { House } from '../house/house.ts';

export interface Outcast {
  /** What each door answered: a refusal's code, `let in`, or `no answer`. */
  tryDoors(): Promise<string[]>;
}

const ANSWER_WITHIN_MS = 5_000;

/** Rejects when the fan cannot come in, or the host cannot ban it. */
export async function banOutcast(clock: Clock, host: HostConsole, { origins, slug }: House): Promise<Outcast> {
  const [origin = ''] = origins;
  const granted = await takeTicket({ clock, origin, slug }, 'Outcast');
  const { fan } = granted;
  const room = await sitDown(origin, granted, SectionState);
  const isOut = new Promise<void>((resolve) => room.onLeave.once(() => resolve()));
  // Only who sits here, or has said something, is known to be banned.
  await host.ban(FanId.parse(fan.id));
  await isOut;
  const tryDoor = async (origin: string) => {
    const reply = await fetch(new URL(`/api/events/${slug}/tickets`, origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${fan.token}` },
      body: JSON.stringify({ name: fan.name }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const { code } = (await reply.json()) as { readonly code?: string };
    return code ?? 'let in';
  };
  return { tryDoors: () => Promise.all(origins.map((origin) => tryDoor(origin).catch(() => 'no answer'))) };
}
