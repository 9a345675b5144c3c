/** What a process said last, for the person who has to know why it ended. */
import { open } from 'node:fs/promises';

const BYTES = 8 * 1_024;
const LINES = 25;
const LINE_CHARS = 400;

/** The last lines of a log file, or those after `fromByte`; says so when there are none. */
export async function lastWords(file: string, fromByte = 0): Promise<string> {
  const text = await endOf(file, fromByte).catch(() => '');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0
    ? `  (nothing; see ${file})`
    : lines
        .slice(-LINES)
        .map((line) => `  ${line.slice(0, LINE_CHARS)}`)
        .join('\n');
}

async function endOf(file: string, fromByte: number): Promise<string> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const start = Math.max(fromByte > size ? 0 : fromByte, size - BYTES);
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(size - start), position: start });
  return buffer.subarray(0, bytesRead).toString('utf8');
}
