/** Whose child is whose, as Linux says. */
import { readdirSync, readFileSync } from 'node:fs';

/** The process itself and all that it started, children first. */
export function familyOf(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    if (stat === null) continue;
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const family = (root: number): number[] => [...(parents.get(root) ?? []).flatMap(family), root];
  return family(pid);
}

/** Null: it has just ended. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
