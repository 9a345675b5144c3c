/** The process's log: JSON lines by pino, cleaned before they are written. */
import { type DestinationStream, type LevelWithSilent, pino } from 'pino';
import type { Log } from '../../rooms/ports.ts';
import { withoutPrivate } from './private-fields.ts';

/**
 * Writes to standard output, or to `destination`. What a caller passes is cleaned of names, message text, tokens and query
 * strings (see `private-fields.ts`), so that a log can be kept and shared without a second thought.
 */
export function createLog(level: LevelWithSilent, destination?: DestinationStream): Log {
  const options: Parameters<typeof pino>[0] = {
    level,
    // The error is a plain object by the time pino sees it.
    serializers: { err: (err: unknown) => err },
    hooks: {
      logMethod(args, method) {
        method.apply(this, args.map((arg) => withoutPrivate(arg)) as typeof args);
      },
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
