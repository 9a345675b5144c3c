/** Can the processes listen where they should? */
import { broken, type Finding, fine } from './finding.ts';
import type { PortsFacts } from './ports-facts.ts';

export function judgePorts({ from, to, ours, taken }: PortsFacts): Finding {
  const all = from === to ? `port ${from}` : `ports ${from} to ${to}`;
  if (taken.length > 0) {
    return broken(
      'ports',
      `another program has ${taken.join(', ')}`,
      `ss -ltnp 'sport = :${taken[0]}' says which. End it, or choose others: PORT=…, process n listens on PORT + n.`,
    );
  }
  if (ours.length > 0) return fine('ports', `${ours.length} of ${all} answer already as Front Row`);
  return fine('ports', `${all} are free`);
}
