/** A private PulseAudio whose one sink has a speaker for each of two browsers, so that one recording holds both in step. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { findCommand } from '../support/system-packages.ts';
import { until } from '../support/until.ts';

export const SAMPLE_RATE = 48_000;
const COMMANDS = ['pulseaudio', 'parec', 'pactl'] as const;
export const SPEAKERS = ['left', 'right'] as const;
export type Speaker = (typeof SPEAKERS)[number];
export type Recording = Readonly<Record<Speaker, Float32Array>>;

/** One sink that nobody hears, of two channels; each speaker is a mono sink on one of them. */
const hall = (socket: string) => `
load-module module-native-protocol-unix socket=${socket} auth-anonymous=1
load-module module-null-sink sink_name=hall rate=${SAMPLE_RATE} channels=2 channel_map=front-left,front-right
${SPEAKERS.map((name) => `load-module module-remap-sink sink_name=${name} master=hall channels=1 channel_map=mono master_channel_map=front-${name} remix=no`).join('\n')}
set-default-sink ${SPEAKERS[0]}
`;

export class SoundServer implements AsyncDisposable {
  readonly #dir: string;
  readonly #daemon: ChildProcess;

  private constructor(dir: string, daemon: ChildProcess) {
    this.#dir = dir;
    this.#daemon = daemon;
  }

  /** Throws, saying what to install, where PulseAudio is missing. */
  static async start(): Promise<SoundServer> {
    const missing = COMMANDS.filter((name) => findCommand([name], process.env.PATH ?? '') === undefined);
    if (missing.length > 0) {
      throw new Error(
        `There is no ${missing.join(', ')} here. On Debian or Ubuntu: sudo apt-get install -y pulseaudio pulseaudio-utils`,
      );
    }
    const dir = await mkdtemp(join(tmpdir(), 'front-row-hall-'));
    const script = join(dir, 'hall.pa');
    await writeFile(script, hall(join(dir, 'native')));
    const flags = ['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--disable-shm', `--file=${script}`];
    const env = { ...process.env, HOME: dir, XDG_RUNTIME_DIR: dir, DBUS_SESSION_BUS_ADDRESS: 'disabled:' };
    const daemon = spawn('pulseaudio', flags, { env, stdio: 'ignore' });
    const server = new SoundServer(dir, daemon);
    await until('the sound server answers', () => server.#answers());
    return server;
  }

  /** For a browser that is to sound from this speaker. */
  env(speaker: Speaker): Record<string, string> {
    return { PULSE_SERVER: `unix:${join(this.#dir, 'native')}`, PULSE_SINK: speaker };
  }

  /** Records everything from now on; the call that it gives back ends the recording. */
  async record(): Promise<() => Promise<Recording>> {
    const path = join(this.#dir, 'recording.f32');
    const flags = ['--raw', '--format=float32le', `--rate=${SAMPLE_RATE}`, '--channels=2', '--device=hall.monitor'];
    const recorder = spawn('parec', flags, { env: this.#clientEnv(), stdio: ['ignore', 'pipe', 'inherit'] });
    const file = createWriteStream(path);
    const written = pipeline(recorder.stdout, file);
    await until('the recording runs', () => file.bytesWritten > 0);
    return async () => {
      recorder.kill();
      await written;
      return apart(await readFile(path));
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = new Promise((resolve) => this.#daemon.once('exit', resolve));
    if (this.#daemon.exitCode === null && this.#daemon.kill()) await gone;
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    if (this.#daemon.exitCode !== null) throw new Error(`pulseaudio ended with ${this.#daemon.exitCode}`);
    const asked = spawn('pactl', ['info'], { env: this.#clientEnv(), stdio: 'ignore' });
    return (await new Promise((resolve) => asked.once('exit', resolve))) === 0;
  }

  #clientEnv(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.env(SPEAKERS[0]) };
  }
}

/** Interleaved samples, as two channels. */
function apart(bytes: Buffer): Recording {
  const frames = Math.floor(bytes.length / 8);
  const left = new Float32Array(frames);
  const right = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    left[frame] = bytes.readFloatLE(frame * 8);
    right[frame] = bytes.readFloatLE(frame * 8 + 4);
  }
  return { left, right };
}
