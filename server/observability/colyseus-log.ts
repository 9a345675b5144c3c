/** Colyseus prints to the console unless told otherwise: what it has to say goes to the process's own log, cleaned like the rest. */
import { setLogger } from '@colyseus/core/Logger';
import type { Log } from '../../rooms/ports.ts';

/** For the whole process; called once, by the entry. */
export function logColyseus(log: Log): void {
  const at =
    (level: 'debug' | 'info' | 'warn') =>
    (...said: unknown[]) =>
      log[level]({ said }, 'colyseus');
  // Its errors are one client's or one room's, and the room reports those that matter itself.
  setLogger({ trace: at('debug'), debug: at('debug'), info: at('debug'), warn: at('warn'), error: at('warn') });
}
