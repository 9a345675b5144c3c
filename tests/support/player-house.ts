/** For the browser tests: the player's test page, built and served, with tones to play, in a real Chromium. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import type { TestPage } from './player-page.ts';

const SAMPLE_RATE = 44_100;

/** A mono WAV of a steady tone. */
export function toneWav(hertz: number, durationMs: number): Buffer {
  const frames = Math.round((durationMs / 1_000) * SAMPLE_RATE);
  const wav = Buffer.alloc(44 + frames * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + frames * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SAMPLE_RATE, 24);
  wav.writeUInt32LE(SAMPLE_RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(frames * 2, 40);
  for (let frame = 0; frame < frames; frame++) {
    wav.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * hertz * frame) / SAMPLE_RATE)), 44 + frame * 2);
  }
  return wav;
}

export interface PlayerHouse {
  readonly origin: string;
  /** Paths asked for, in order. */
  readonly requests: readonly string[];
  /** Puts a file at a path, or what is there when it is asked for; undefined: 404. */
  put(path: string, bytes: Buffer | (() => Buffer) | undefined): void;
  /** A new browser profile with the page open: another fan. */
  open(query?: string): Promise<Page>;
  /** The same, before any script of ours ran in it: Chromium takes those for taps. */
  openUntouched(query: string, onConsole: (text: string) => void): Promise<Page>;
  close(): Promise<void>;
}

/** Chromium as a fan has it, without asking for a tap. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

function send(response: ServerResponse, bytes: Buffer, range: string | undefined): void {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const start = Number(from ?? 0);
  const end = Math.min(to ? Number(to) : bytes.length - 1, bytes.length - 1);
  response.setHeader('accept-ranges', 'bytes');
  if (from !== undefined) response.setHeader('content-range', `bytes ${start}-${end}/${bytes.length}`);
  response.writeHead(from === undefined ? 200 : 206, { 'content-length': end - start + 1 });
  response.end(bytes.subarray(start, end + 1));
}

/** Builds the page, serves it on a free port and starts Chromium when a page is opened. `flags` replace `CHROMIUM_FLAGS`. */
export async function openPlayerHouse(flags: readonly string[] = CHROMIUM_FLAGS): Promise<PlayerHouse> {
  const dir = await mkdtemp(join(tmpdir(), 'front-row-player-'));
  const input = join(import.meta.dirname, 'player-page.ts');
  const output = { entryFileNames: 'page.js' };
  await build({
    configFile: false,
    logLevel: 'silent',
    root: import.meta.dirname,
    build: { outDir: dir, rolldownOptions: { input, output } },
  });
  const files = new Map<string, Buffer | (() => Buffer)>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://house').pathname;
    requests.push(path);
    const file = files.get(path);
    if (file) return send(response, typeof file === 'function' ? file() : file, request.headers.range);
    if (path === '/')
      return response.setHeader('content-type', 'text/html').end('<!doctype html><script type="module" src="/page.js"></script>');
    if (!/^\/(?:page\.js|assets\/[\w.-]+\.js)$/.test(path)) return response.writeHead(404).end();
    response.setHeader('content-type', 'text/javascript');
    readFile(join(dir, path)).then(
      (script) => response.end(script),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const contexts: BrowserContext[] = [];

  const visit: PlayerHouse['openUntouched'] = async (query, onConsole) => {
    const profile = join(dir, `profile-${contexts.length}`);
    const executablePath = '/usr/bin/chromium';
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      args: [...flags],
      ignoreDefaultArgs: ['--mute-audio'],
    });
    contexts.push(context);
    const page = context.pages()[0] ?? (await context.newPage());
    page.on('console', (message) => onConsole(message.text()));
    await page.goto(`${origin}/${query}`);
    return page;
  };

  return {
    origin,
    requests,
    put(path, bytes) {
      if (bytes) files.set(path, bytes);
      else files.delete(path);
    },
    openUntouched: visit,
    async open(query = '') {
      const page = await visit(query, () => {});
      await page.waitForFunction(() => 'testPage' in window);
      return page;
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export type TestWindow = Window & { readonly testPage: TestPage };
