/** Builds the two pages into `dist/client`: hashed assets, a manifest, and each text asset compressed ahead of time. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { trimSchema } from './bundle/trim-schema.ts';

const client = import.meta.dirname;
const COMPRESSIBLE = /\.(?:js|css|html|svg|json)$/;
/** Below this the encoding's header costs more than it saves. */
const COMPRESS_FROM_BYTES = 512;

/** Writes `.br` and `.gz` beside every text asset, so that the server never compresses while it serves. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle).filter((file) => COMPRESSIBLE.test(file))) {
        const path = join(dir as string, name);
        const bytes = await readFile(path);
        if (bytes.length < COMPRESS_FROM_BYTES) continue;
        const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
        await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
        await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
      }
    },
  };
}

const SDK = /[\\/]@colyseus[\\/]sdk[\\/]/;
const SCHEMA = /[\\/]@colyseus[\\/]schema[\\/]build[\\/]index\.mjs$/;
const LEFT_OUT = new Set(['H3Transport.mjs', 'HTTP.mjs', 'Auth.mjs', 'RoomInput.mjs']);

/** Bundles the Colyseus SDK without what these pages never use, and with a codec for JSON alone. */
function trimSdk(): Plugin {
  return {
    name: 'trim-sdk',
    enforce: 'pre',
    resolveId(source, importer) {
      if (importer === undefined || !SDK.test(importer)) return null;
      if (source === 'msgpackr') return join(client, 'bundle/msgpack.ts');
      return LEFT_OUT.has(basename(source)) ? join(client, 'bundle/left-out.ts') : null;
    },
    transform: (code, id) => (SCHEMA.test(id) ? { code: trimSchema(code), map: null } : null),
  };
}

export default defineConfig({
  root: client,
  publicDir: false,
  plugins: [trimSdk(), precompress()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: join(client, '../dist/client'),
    emptyOutDir: true,
    manifest: true,
    // A data URL would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the pages' own code asks for, colours mixed in CSS being the youngest of it; FP34 holds it to that.
    target: ['chrome111', 'safari16.4', 'firefox115'],
    rolldownOptions: { input: { fan: join(client, 'index.html'), host: join(client, 'host.html') } },
  },
});
