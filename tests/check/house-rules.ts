/** What no tool off the shelf checks: how long a file may be, what it may be called, and words that mean unfinished work. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const MAX_LINES = 300;
/** A longer file says why within its first lines. */
const REASON_WITHIN_LINES = 12;
const REASON = /longer than 300 lines/i;
const CODE = /^(schemas|core|rooms|server|client|loadtest|tests|docs)\/.*\.(ts|tsx|js|css|html)$|^[^/]+\.(js|ts)$/;
const KEBAB_CASE = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
const UNFINISHED = new RegExp(['TO', 'DO\\b|FIX', 'ME\\b|\\bX', 'XX\\b|\\bH', 'ACK\\b'].join(''));

export function houseRuleViolations(files: readonly string[]): string[] {
  return files
    .filter((file) => CODE.test(file) && existsSync(file))
    .flatMap((file) => violationsIn(file, readFileSync(file, 'utf8')));
}

export function violationsIn(file: string, text: string): string[] {
  const lines = text.split('\n');
  const found: string[] = [];
  const length = text.endsWith('\n') ? lines.length - 1 : lines.length;
  if (length > MAX_LINES && !lines.slice(0, REASON_WITHIN_LINES).some((line) => REASON.test(line))) {
    found.push(`${file}: ${length} lines, more than ${MAX_LINES}: split it, or say at its top why it is longer than 300 lines`);
  }
  if (!KEBAB_CASE.test(basename(file))) found.push(`${file}: file names are kebab-case`);
  if (/^(utils?|helpers?|misc|common|index)\.tsx?$/.test(basename(file)))
    found.push(`${file}: the name says nothing about what is in it`);
  lines.forEach((line, index) => {
    if (UNFINISHED.test(line)) found.push(`${file}:${index + 1}: unfinished work`);
  });
  return found;
}
