/** Can DATA_DIR hold the night? */
import { inMb, whole } from './capacity.ts';
import type { DiskFacts } from './disk-facts.ts';
import { beware, broken, type Finding, fine } from './finding.ts';
import type { Probed } from './probed.ts';

/** A line takes about half a kilobyte with its indexes; a loud night of 110,427 fans has a million of them, and the log files grow too. */
const FREE_MIN_BYTES = 512 * 1_048_576;
const FREE_WELL_BYTES = 2_048 * 1_048_576;
const FILES_MIN = 1_000;
/** A fan's line is acknowledged when it is on disk; a call is given up after 500 ms. */
const SLOW_MS = 25;
const TOO_SLOW_MS = 250;

export function judgeDisk(probe: Probed<DiskFacts>, dataDir: string): Finding[] {
  if (!probe.ok) {
    return [
      broken(
        'DATA_DIR',
        `nothing can be written to ${dataDir}: ${probe.reason}`,
        'Give DATA_DIR a folder on a local disk with room, which the user of the processes may write to.',
      ),
    ];
  }
  return [room(probe.value, dataDir), speed(probe.value)];
}

function room({ freeBytes, freeFiles }: DiskFacts, dataDir: string): Finding {
  const says = `${inMb(freeBytes)} free in ${dataDir}`;
  const fix = 'Make room, or put DATA_DIR on a larger disk: a full disk takes no lines.';
  if (freeFiles !== null && freeFiles < FILES_MIN)
    return broken('disk space', `${says}, but only ${whole(freeFiles)} files`, fix);
  if (freeBytes < FREE_MIN_BYTES) return broken('disk space', says, fix);
  if (freeBytes < FREE_WELL_BYTES)
    return beware('disk space', `${says}: enough for one night, not for its logs and the next`, fix);
  return fine('disk space', says);
}

function speed({ commitMs: { median, worst } }: DiskFacts): Finding {
  const says = `a commit of the journal takes ${median.toFixed(1)} ms, ${worst.toFixed(0)} at worst`;
  const fix = 'Put DATA_DIR on a local SSD: network file systems and busy disks are slow to say that something is written.';
  if (median > TOO_SLOW_MS) return broken('disk speed', `${says}: lines are refused after 500`, fix);
  if (median > SLOW_MS || worst > TOO_SLOW_MS) return beware('disk speed', `${says}: every line waits for that`, fix);
  return fine('disk speed', says);
}
