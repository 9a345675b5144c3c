/** Whether somebody keeps this machine's clock. */
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface ClockFacts {
  /** null: nobody here can say, as in most containers. */
  readonly isKept: boolean | null;
  /** Who said so. */
  readonly by: string;
}

const WITHIN_MS = 2_000;
const run = promisify(execFile);

/** Asks systemd, then chrony. Never rejects. */
export async function readClock(): Promise<ClockFacts> {
  const said = await output('timedatectl', ['show', '--property=NTPSynchronized', '--value']);
  if (said === 'yes' || said === 'no') return { isKept: said === 'yes', by: 'timedatectl' };
  const tracking = await output('chronyc', ['-n', 'tracking']);
  if (tracking !== undefined) return { isKept: /^Leap status\s*:\s*Normal/m.test(tracking), by: 'chronyc' };
  const isThere = await access('/run/systemd/timesync/synchronized').then(
    () => true,
    () => false,
  );
  return isThere ? { isKept: true, by: 'systemd-timesyncd' } : { isKept: null, by: 'nobody' };
}

async function output(command: string, args: readonly string[]): Promise<string | undefined> {
  return run(command, [...args], { timeout: WITHIN_MS }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}
