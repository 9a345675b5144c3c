/** What pre-flight says of one thing: it is fine, it will break at so many fans, or it is broken now; and what to do about it. */

export type Finding = {
  /** What was looked at, in one or two words. */
  readonly check: string;
  /** What was found, for a person who has never seen this machine. */
  readonly says: string;
} & (
  | { readonly kind: 'fine' }
  /** Holds up to `atFans` fans of the whole event and breaks above. */
  | { readonly kind: 'breaks'; readonly atFans: number; readonly fix: string }
  | { readonly kind: 'broken'; readonly fix: string }
  /** The night goes on with it, but worse than it needs to. */
  | { readonly kind: 'beware'; readonly fix: string }
  /** It could not be looked at. */
  | { readonly kind: 'unknown'; readonly fix: string }
);

export const fine = (check: string, says: string): Finding => ({ check, says, kind: 'fine' });
export const broken = (check: string, says: string, fix: string): Finding => ({ check, says, fix, kind: 'broken' });
export const beware = (check: string, says: string, fix: string): Finding => ({ check, says, fix, kind: 'beware' });
export const unknown = (check: string, says: string, fix: string): Finding => ({ check, says, fix, kind: 'unknown' });
export const breaks = (check: string, atFans: number, says: string, fix: string): Finding => {
  return { check, says, fix, kind: 'breaks', atFans: Math.max(0, Math.floor(atFans)) };
};

/** Does it stand in the way of this many fans? */
export function isInTheWay(finding: Finding, fans: number): boolean {
  return finding.kind === 'broken' || (finding.kind === 'breaks' && finding.atFans < fans);
}

/** Worst first; what breaks, by when it does. */
export function inOrder(findings: readonly Finding[], fans: number): Finding[] {
  return findings.toSorted((a, b) => rank(a, fans) - rank(b, fans) || limitOf(a) - limitOf(b));
}

function rank(finding: Finding, fans: number): number {
  if (finding.kind === 'broken') return 0;
  if (isInTheWay(finding, fans)) return 1;
  return { beware: 2, unknown: 3, breaks: 4, fine: 5 }[finding.kind];
}

const limitOf = (finding: Finding) => (finding.kind === 'breaks' ? finding.atFans : Number.MAX_SAFE_INTEGER);
