/** What an act did to those it was not meant for, and whether it got more than its due. */
import { percentile } from '../../core/statistics.ts';
import { byProcess } from '../sampling/windows.ts';
import type { RunFacts } from './facts.ts';

/** A fan's burst, and a line every so often (CP9). */
const BURST_LINES = 5;
const LINE_EVERY_MS = 2_000;
/** Long enough for an act to show, whatever it does. */
const DURING_MS = 20_000;
/** Before it, for comparison. */
const CALM_MS = 10_000;

/** Chat acknowledgement p99 of the full clients, who never misbehave, before the act and during it; null: nobody spoke. */
export function honestBeforeAndDuring({
  watchers,
  acts,
  startedAtMs,
  plan,
}: RunFacts): { readonly beforeMs: number; readonly duringMs: number } | null {
  const atMs = acts[0]?.atMs;
  if (atMs === undefined) return null;
  const p99 = (fromMs: number, toMs: number) => {
    const within = watchers.acks.filter((ack) => ack.atMs >= fromMs && ack.atMs < toMs);
    const ms = percentile(
      within.map(({ ms }) => ms),
      0.99,
    );
    return ms === undefined ? undefined : Math.round(ms);
  };
  const beforeMs = p99(startedAtMs + plan.fullAtMs, atMs);
  const duringMs = p99(atMs, atMs + DURING_MS);
  return beforeMs === undefined || duringMs === undefined ? null : { beforeMs, duringMs };
}

/** Of those fans who were accepted most often, as many as flooded: how far the worst is from what a fan may say. */
export function worstQuota({ plan, crowd, acts }: RunFacts): number {
  const { act } = plan.act ?? { act: null };
  const fromMs = acts[0]?.atMs ?? 0;
  if (act?.kind !== 'crowd' || act.order.kind !== 'flood') return 0;
  const { share, forMs } = act.order;
  const accepted = new Map<string, number>();
  for (const { fanId, atMs } of crowd.acknowledged) {
    if (atMs >= fromMs && atMs <= fromMs + forMs) accepted.set(fanId, (accepted.get(fanId) ?? 0) + 1);
  }
  const quota = BURST_LINES + Math.floor(forMs / LINE_EVERY_MS);
  const flooders = [...accepted.values()].toSorted((a, b) => b - a).slice(0, Math.floor(share * crowd.joined));
  return flooders.reduce((worst, lines) => Math.max(worst, Math.abs(lines - quota)), 0);
}

/** By how much the house's memory grew at most while the act was on, in MB; null: nobody could see it. */
export function memoryGrownMb({ plan, samples, acts }: RunFacts): number | null {
  const { act } = plan.act ?? { act: null };
  const fromMs = acts[0]?.atMs;
  if (fromMs === undefined || act?.kind !== 'crowd' || act.order.kind !== 'stop-reading') return null;
  const toMs = fromMs + act.order.forMs;
  let grown: number | null = null;
  for (const own of byProcess(samples)) {
    const most = (afterMs: number, untilMs: number) =>
      Math.max(...own.map(({ atMs, rssBytes }) => (atMs > afterMs && atMs <= untilMs ? (rssBytes ?? -Infinity) : -Infinity)));
    const more = most(fromMs, toMs) - most(fromMs - CALM_MS, fromMs);
    if (Number.isFinite(more)) grown = (grown ?? 0) + Math.max(0, more);
  }
  return grown === null ? null : Math.round(grown / 1e6);
}
