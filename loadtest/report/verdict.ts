/** The report in a few lines, for a terminal. */
import { count, milliseconds } from './html/wording.ts';
import type { Report, Target } from './report.ts';

export function verdictLines({ targets, fans, join, chat, cue }: Report): string[] {
  const width = Math.max(...targets.map(({ name }) => name.length));
  return [
    `${count(fans.joined)} of ${count(fans.requested)} fans joined (p99 ${milliseconds(join.p99Ms)}), ` +
      `${count(chat.acknowledged)} lines (p99 ${milliseconds(chat.ackP99Ms)}), cue skew p99.9 ${milliseconds(cue.skewP999Ms)}`,
    ...targets.map((target) => `${target.met ? '  met   ' : '  MISSED'}  ${target.name.padEnd(width)}  ${measuredOf(target)}`),
  ];
}

function measuredOf({ measured, target, is, unit }: Target): string {
  return `${count(measured)} ${unit}, ${is} ${count(target)}`;
}
