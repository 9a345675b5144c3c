/** One process of a crowd: forked by `crew-handle.ts`, ends with it. Its crews come one after the other. */
import { systemClock } from '../../core/clock.ts';
import { Crew } from './crew.ts';
import type { FromCrew, ToCrew } from './crowd-messages.ts';
import { goFirst } from './go-first.ts';
import { nodeSockets } from './sockets.ts';

const sockets = process.platform === 'linux' ? (await import('./bulk-sockets.ts')).bulkSockets() : nodeSockets;
let crew: Crew | undefined;
/** What was taken before this crew, by others and by nobody. */
let before = process.cpuUsage();

// A parent that is gone is told nothing, and 'disconnect' follows.
const tell = (message: FromCrew) => void process.send?.(message, undefined, undefined, () => undefined);

async function hear(message: ToCrew): Promise<void> {
  if (message.kind === 'muster') {
    before = process.cpuUsage();
    crew = new Crew(systemClock(), sockets, message);
    await crew.ready();
    return tell({ kind: 'ready' });
  }
  if (crew === undefined) throw new Error(`${message.kind} before the muster`);
  switch (message.kind) {
    case 'go':
      return crew.go(message.startAtMs, (part) => tell({ kind: 'second', part }));
    case 'order':
      crew.order(message.order);
      return tell({ kind: 'done', n: message.n });
    case 'end': {
      const { user, system } = process.cpuUsage(before);
      const part = await crew.end();
      // Fifteen thousand fans are a quarter of a gigabyte.
      crew = undefined;
      tell({ kind: 'result', part: { ...part, cpuS: (user + system) / 1e6 } });
    }
  }
}

goFirst();
// Whoever steers decides what an interrupt means; without it there is nothing to do.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => void hear(message as ToCrew));
