/** Fans have phones of their own: what they measure must not depend on a turn at the server's cores. */
import { existsSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Twice the turn of a process of the house: what it measures is right, and a house that is late is not kept from its work for good. */
const PRIORITY = -3;
/** Where Linux groups by session (autogroups), what counts is the group's: a process's own priority holds within it alone. */
const GROUP = '/proc/self/autogroup';

/**
 * Lets this process, which leads a session of its own, go before others on its machine. Where that is not allowed it runs as it is: the
 * report's generator lag says what it cost.
 */
export function goFirst(): void {
  try {
    setPriority(PRIORITY);
    if (existsSync(GROUP)) writeFileSync(GROUP, String(PRIORITY));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && NOT_ALLOWED.has(String(error.code)))) throw error;
  }
}

const NOT_ALLOWED: ReadonlySet<string> = new Set(['ERR_SYSTEM_ERROR', 'EACCES', 'EPERM']);
