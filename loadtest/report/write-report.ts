/** Leaves a report where it was asked for. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportPage } from './html/page.ts';
import type { Report } from './report.ts';

/** `report.json` and `report.html` in `dir`, which is made if need be. */
export async function writeReport(report: Report, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  await writeFile(join(dir, 'report.html'), reportPage(report));
}
