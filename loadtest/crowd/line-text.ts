/** What a crowd's lines say: who, which one, and the moment it was meant for, so that delivery counts from there. */

export interface CrowdLine {
  /** Names the run. */
  readonly run: string;
  readonly fan: number;
  /** Which of the fan's lines, from 0. */
  readonly number: number;
  /** True time, in whole ms; 0 for a line that was meant for no moment. */
  readonly intendedAtMs: number;
}

const TEXT = /^crowd (\w+) fan (\d+) line (\d+) at (\d+)$/;

export function lineText({ run, fan, number, intendedAtMs }: CrowdLine): string {
  return `crowd ${run} fan ${fan} line ${number} at ${Math.round(intendedAtMs)}`;
}

/** undefined for a line that no crowd said. */
export function readLineText(text: string): CrowdLine | undefined {
  const [, run, fan, number, atMs] = TEXT.exec(text) ?? [];
  if (run === undefined) return undefined;
  return { run, fan: Number(fan), number: Number(number), intendedAtMs: Number(atMs) };
}
