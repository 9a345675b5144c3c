/** How it ends: do all show the same, does the house count as many as sit, and is everything said in the journal? */
import type { Crowd } from '../crowd/types.ts';
import type { House } from '../house/house.ts';
import { type Acknowledged, checkJournal, type JournalVerdict } from '../journal/journal-check.ts';
import { localLines, shippedLines } from '../journal/journal-rows.ts';
import type { RunFacts } from '../report/facts.ts';
import { totalOf } from '../sampling/windows.ts';
import { stateDigest } from '../watch/digest.ts';
import type { Watchers } from '../watch/watchers.ts';
import { holdsWithin } from './patience.ts';
import type { RunSet } from './run-set.ts';

/** Longer than any beat and any lead. */
const AGREE_WITHIN_MS = 10_000;
const COUNT_WITHIN_MS = 10_000;
const SHIP_WITHIN_MS = 30_000;

/** The host says one last line: who shows it, and who shows the same state as the host's console? */
export async function agreementOf({ clock, pause, host, plan }: RunSet, watchers: Watchers): Promise<RunFacts['agreement']> {
  const { full: clients } = plan;
  if (!host)
    return {
      clients,
      sameState: majorityOf((await watchers.look('')).map(({ digest }) => digest)),
      sawLastLine: 0,
      lastLineMs: null,
    };
  const saidAtMs = clock.nowMs();
  const lineId = await host.say('That was it. Good night, front row.').catch(() => '');
  let sameState = 0;
  let sawLastLine = 0;
  let lastLineMs: number | null = null;
  await holdsWithin(clock, pause, AGREE_WITHIN_MS, async () => {
    const screens = await watchers.look(lineId);
    const view = host.view();
    const console = view && stateDigest(view, clock.nowMs());
    sameState = screens.filter(({ digest }) => digest === console).length;
    sawLastLine = screens.filter(({ hasLine }) => hasLine).length;
    if (sawLastLine >= clients) lastLineMs ??= Math.round(clock.nowMs() - saidAtMs);
    return sameState >= clients && sawLastLine >= clients;
  });
  return { clients, sameState, sawLastLine, lastLineMs };
}

function majorityOf(digests: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const digest of digests) counts.set(digest, (counts.get(digest) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** What the house reports and how many sit by the tickets they used, asked until the two agree, or for ten seconds. */
export async function countAtEnd({ clock, pause, sampler }: RunSet, crowd: Crowd, watchers: Watchers) {
  let atEnd: number | null = null;
  let seatedAtEnd = 0;
  await holdsWithin(clock, pause, COUNT_WITHIN_MS, async () => {
    atEnd = totalOf(await sampler.look(), 'fans');
    seatedAtEnd = crowd.status().live + watchers.status().live;
    return atEnd === seatedAtEnd;
  });
  return { atEnd, seatedAtEnd };
}

/** Null: there is nowhere to look. Waits for what is still being shipped. */
export async function readBack(
  { clock, pause }: Pick<RunSet, 'clock' | 'pause'>,
  { dataDir, databaseUrl }: Pick<House, 'dataDir' | 'databaseUrl'>,
  acknowledged: readonly Acknowledged[],
): Promise<JournalVerdict | null> {
  if (dataDir === null && databaseUrl === null) return null;
  const look = async () => {
    const shipped = databaseUrl === null ? null : await shippedLines(databaseUrl);
    return checkJournal(acknowledged, { local: dataDir === null ? new Map() : localLines(dataDir), shipped });
  };
  let verdict = await look();
  await holdsWithin(clock, pause, SHIP_WITHIN_MS, async () => {
    if ((verdict.unshipped ?? 0) > 0) verdict = await look();
    return (verdict.unshipped ?? 0) === 0;
  });
  return verdict;
}
