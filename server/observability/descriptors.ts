/** How many files and sockets this process may have open. */
import { readdirSync, readFileSync, statSync } from 'node:fs';

/** Where nobody says: what most systems give a process. */
const USUAL_MAX = 1_024;

/** The soft limit, from /proc; it does not change while the process runs. */
export function descriptorsMax(limitsFile = '/proc/self/limits'): number {
  try {
    const [, soft] = /^Max open files\s+(\S+)/m.exec(readFileSync(limitsFile, 'utf8')) ?? [];
    return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft ?? USUAL_MAX);
  } catch {
    return USUAL_MAX;
  }
}

/** How many it has open now; undefined where nobody says. Linux counts them itself since 6.2; before, they are listed. */
export function descriptorsOpen(folder = '/proc/self/fd'): number | undefined {
  try {
    return statSync(folder).size || readdirSync(folder).length;
  } catch {
    return undefined;
  }
}
