/** Something to play that takes no time to make: our server would otherwise write its demo's music before each run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One silent frame of MP3 at 32 kbit/s and 44.1 kHz: its head, and zeros. */
const FRAME_HEAD = [0xff, 0xfb, 0x10, 0xc4];
const FRAME_BYTES = 104;
const FRAME_S = 1_152 / 44_100;
/** Longer than any run, so that no track ends in one. */
const LENGTH_S = 1_800;

/** Makes a folder with one silent track; returns the folder. */
export function silenceIn(dataDir: string): string {
  const folder = join(dataDir, 'silence');
  mkdirSync(folder);
  const frame = Buffer.concat([Uint8Array.from(FRAME_HEAD)], FRAME_BYTES);
  writeFileSync(join(folder, 'Silence.mp3'), Buffer.alloc(Math.ceil(LENGTH_S / FRAME_S) * FRAME_BYTES, frame));
  return folder;
}
