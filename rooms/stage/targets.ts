/** Whom or what a command names: from memory, from the processes, from the journal. */
import type { StageContext, TargetFan } from '../../core/stage/decision.ts';
import type { Line, UpLine } from '../../schemas/chat.ts';
import type { Command } from '../../schemas/commands.ts';
import type { EventId, FanId, LineId } from '../../schemas/ids.ts';
import type { RememberedLines } from '../link/remembered-lines.ts';
import type { Journal } from '../ports.ts';
import type { BusAsks } from './bus-asks.ts';

export interface TargetDeps {
  readonly eventId: EventId;
  readonly lines: RememberedLines;
  readonly asks: BusAsks;
  readonly journal: Pick<Journal, 'findLine' | 'history'>;
}

export async function targetsOf(deps: TargetDeps, command: Command): Promise<Pick<StageContext, 'line' | 'fan'>> {
  switch (command.name) {
    case 'pin':
    case 'delete-line':
      return { line: await lineOf(deps, command.payload.lineId) };
    case 'purge':
    case 'mute':
    case 'kick':
    case 'ban':
      return { fan: await fanOf(deps, command.payload.fanId) };
    default:
      return {};
  }
}

async function lineOf({ lines, journal, asks, eventId }: TargetDeps, lineId: LineId): Promise<Line | undefined> {
  const found = lines.get(lineId) ?? (await journal.findLine(eventId, lineId)) ?? (await asks.line(lineId));
  return found && bare(found);
}

/** Where the fan sits now says the most; then what they said lately; at last, that they ever said something. */
async function fanOf({ lines, journal, asks, eventId }: TargetDeps, fanId: FanId): Promise<TargetFan | undefined> {
  const seated = (await asks.fans(fanId, (fans) => fans.some(({ id }) => id === fanId))).find(({ id }) => id === fanId);
  if (seated !== undefined) return { id: fanId, name: seated.name, addressHash: seated.addressHash, role: 'fan' };
  const said = lines.lastBy(fanId);
  if (said !== undefined) return { id: fanId, name: said.name, addressHash: said.addressHash, role: 'fan' };
  const [written] = await journal.history(eventId, { fanId, limit: 1 });
  return written && { id: fanId, name: written.name, addressHash: null, role: 'fan' };
}

/** The line as it is shown, without what only staff's side keeps. */
export function bare({ id, fanId, name, role, text, atMs, replyTo }: Line | UpLine): Line {
  return { id, fanId, name, role, text, atMs, replyTo };
}
