/** What runs, written down when it was started: the commands after the first need not be told again. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const ClusterRecord = z.object({
  port: z.int(),
  processes: z.int(),
  /** Where the processes of this machine are asked, as they listen there. */
  host: z.string(),
  fanUrl: z.string(),
  /** What it was given; the other is local. */
  given: z.object({ REDIS_URL: z.string().optional(), DATABASE_URL: z.string().optional() }),
});
export type ClusterRecord = z.infer<typeof ClusterRecord>;

const fileIn = (dir: string) => join(dir, 'cluster.json');

export async function readRecord(dir: string): Promise<ClusterRecord | undefined> {
  const text = await readFile(fileIn(dir), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : ClusterRecord.parse(JSON.parse(text));
}

/** In one step: a reader sees the old one or the new one. */
export async function writeRecord(dir: string, record: ClusterRecord): Promise<void> {
  await mkdir(dir, { recursive: true });
  // For its owner alone: addresses carry passwords.
  await writeFile(`${fileIn(dir)}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await rename(`${fileIn(dir)}.new`, fileIn(dir));
}

export async function forgetRecord(dir: string): Promise<void> {
  await rm(fileIn(dir), { force: true });
}
