/** A fan who was banned and does not take no for an answer: by the doors, and by a ticket from before the ban. */
import assert from 'node:assert/strict';
import type { StaffSession } from '../../client/session/staff-types.ts';
import { FanId } from '../../schemas/ids.ts';
import { askForTicket, enter, type Granted, takeSeat } from '../support/stranger.ts';
import type { DrillProcess, DrillRun } from './drill-run.ts';

/** Doors draw sections at random; after so many none of this process's was drawn, which cannot be chance. */
const TICKETS_MAX = 30;

export interface Outcast {
  /** Asks this door as the same fan; resolves with the code of the refusal, or 'granted'. */
  tryDoor(origin: string): Promise<string>;
  /** Uses the ticket from before; resolves with the code that closed it, or 'seated'. */
  tryTicket(): Promise<string>;
}

/** Bans a fan who holds a ticket for a section that is not on `elsewhere`; resolves once the fan was thrown out. */
export async function banOutcast(run: DrillRun, console: StaffSession, elsewhere: DrillProcess): Promise<Outcast> {
  const away = (await elsewhere.status())?.processId;
  const door = run.processes.find((process) => process.state === 'running' && process !== elsewhere)?.origin ?? '';
  const { fan, closed } = await enter(door, run.slug, { name: 'Outcast' });
  const spare = await ticketNotFor(away, () => askForTicket(door, run.slug, { name: 'Outcast' }, fan.token));
  await console.command('ban', { fanId: FanId.parse(fan.id), forMs: null, scope: 'event', reason: 'drill' });
  assert.equal(await closed, 4200);
  return {
    async tryDoor(origin) {
      const { status, body } = await askForTicket(origin, run.slug, { name: 'Outcast' }, fan.token);
      return status === 201 ? 'granted' : (body.code ?? String(status));
    },
    async tryTicket() {
      try {
        await (await takeSeat(door, spare)).leave();
        return 'seated';
      } catch (error) {
        return String((error as { code?: unknown }).code ?? error);
      }
    },
  };
}

async function ticketNotFor(processId: string | undefined, ask: () => ReturnType<typeof askForTicket>): Promise<Granted> {
  for (let n = 0; n < TICKETS_MAX; n += 1) {
    const { status, body } = await ask();
    assert.equal(status, 201, body.code);
    if ((body.seat as { processId?: string }).processId !== processId) return body;
  }
  throw new Error('every ticket is for the same process');
}
