/** Pre-flight's findings for a person at a terminal. */
import { type Expected, whole } from './capacity.ts';
import { type Finding, inOrder, isInTheWay } from './finding.ts';

/** One sentence: ready or not, and why. */
export function verdict(findings: readonly Finding[], { fans }: Pick<Expected, 'fans'>): string {
  const brokenNow = findings.filter(({ kind }) => kind === 'broken').length;
  const limits = findings.filter((finding) => finding.kind === 'breaks').toSorted((a, b) => a.atFans - b.atFans);
  const [first] = limits;
  const below = limits.filter((finding) => isInTheWay(finding, fans)).length;
  const firstLimit = first === undefined ? '' : `the first thing to break is ${first.check}, above ${whole(first.atFans)} fans`;
  if (brokenNow + below === 0) return `Ready for ${whole(fans)} fans${firstLimit === '' ? '' : `: ${firstLimit}`}.`;
  const parts = [
    ...(brokenNow > 0 ? [`${brokenNow} broken now`] : []),
    ...(below > 0 ? [`${below} will break below that: ${firstLimit}`] : []),
  ];
  return `NOT ready for ${whole(fans)} fans: ${parts.join(', ')}.`;
}

export function page(findings: readonly Finding[], expected: Expected): string[] {
  const { fans, machines, processes } = expected;
  const where = `${count(processes, 'process', 'processes')} here${machines > 1 ? `, ${machines} machines` : ''}`;
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  const indent = ' '.repeat(STATE_WIDTH + width + 2);
  const lines = inOrder(findings, fans).flatMap((finding) => {
    const { check, says } = finding;
    const head = `${stateOf(finding, fans).padEnd(STATE_WIDTH)}${check.padEnd(width)}  ${says}${upTo(finding)}`;
    const isWell = finding.kind === 'fine' || (finding.kind === 'breaks' && !isInTheWay(finding, fans));
    return isWell ? [head] : [head, `${indent}→ ${finding.fix}`];
  });
  return [`Pre-flight for ${whole(fans)} fans: ${where}.`, '', ...lines, '', verdict(findings, expected)];
}

const STATE_WIDTH = 9;

function stateOf(finding: Finding, fans: number): string {
  if (finding.kind === 'breaks') return isInTheWay(finding, fans) ? 'BREAKS' : 'fine';
  return finding.kind === 'broken' ? 'BROKEN' : finding.kind;
}

function upTo(finding: Finding): string {
  return finding.kind === 'breaks' ? `: breaks above ${whole(finding.atFans)} fans` : '';
}

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;
