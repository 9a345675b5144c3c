/** Real media for tests, made and measured by ffmpeg. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs ffmpeg and gives back its standard output. Says what to install where it is missing. */
export async function ffmpeg(args: readonly string[]): Promise<Buffer> {
  try {
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], {
      encoding: 'buffer',
      maxBuffer: 2 ** 28,
    });
    return stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('These tests need ffmpeg: apt-get install ffmpeg (Debian, Ubuntu) or brew install ffmpeg (macOS).', {
      cause: error,
    });
  }
}

/** How long a file's sound is, by decoding all of it, in ms. */
export async function decodedMs(path: string): Promise<number> {
  const samples = await ffmpeg(['-i', path, '-vn', '-f', 's16le', '-ac', '1', '-ar', '48000', '-']);
  return samples.length / 2 / 48;
}
