/** A machine that does other things at the same time must not be what is heard. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Above everything that is not the system's own. */
const PRIORITY = -15;

/**
 * Puts this process and all that it has started, threads included, before everything else on the machine; says whether it may.
 * To be called again after something was started: browsers set the priority of their own processes.
 */
export function goFirst(): boolean {
  try {
    for (const pid of descendants(process.pid)) {
      for (const thread of threadsOf(pid)) setPriority(thread, PRIORITY);
      // Where Linux shares time by session first, this is the priority that counts.
      if (existsSync(`/proc/${pid}/autogroup`)) writeFileSync(`/proc/${pid}/autogroup`, `${PRIORITY}`);
    }
    return true;
  } catch {
    return false;
  }
}

/** A process that ended meanwhile has no threads. */
function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

function descendants(root: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(name);
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(name)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(childrenOf.get(pid) ?? []));
  return found;
}

function parentOf(pid: string): number {
  try {
    // The name in brackets may hold anything, brackets and spaces too.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
