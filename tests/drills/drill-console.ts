/** A host's console without a page: a whole staff session, which finds the stage again by itself. */

import { memoryStorage } from '../../client/session/memory-storage.ts';
import { createStaffSession } from '../../client/session/staff-session.ts';
import type { StaffSession } from '../../client/session/staff-types.ts';
import { systemClock } from '../../core/clock.ts';

export interface ConsoleOptions {
  readonly slug: string;
  /** The door where it begins. */
  readonly origin: string;
  readonly invite: string;
  readonly random: () => number;
}

/** Resolves once it sits on the stage; `leave()` ends it. */
export async function openConsole({ slug, origin, invite, random }: ConsoleOptions): Promise<StaffSession> {
  const session = createStaffSession({
    slug,
    origin,
    clock: systemClock(),
    random,
    storage: memoryStorage(),
    fetch: globalThis.fetch,
  });
  await session.load();
  await session.enter(invite);
  return session;
}
