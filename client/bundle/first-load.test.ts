/** Builds the pages as they are shipped, and weighs what a fan's phone has to fetch before the music plays. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

const FIRST_LOAD_MAX_BYTES = 75_000;
const CONFIG = join(import.meta.dirname, '../vite.config.ts');

/** Younger than the oldest browsers that FP34 names. What is guarded by a question about itself does not count. */
const TOO_YOUNG =
  /\b(?:Promise\.(?:withResolvers|try)|URL\.(?:canParse|parse)|Object\.groupBy|Map\.groupBy|Array\.fromAsync|AbortSignal\.any|Iterator\.from)\b/g;

describe('the first load', function () {
  this.timeout(60_000);
  const chunks = new Map<string, Rolldown.OutputChunk>();

  before(async () => {
    const built = await build({ configFile: CONFIG, logLevel: 'error', build: { write: false } });
    const outputs = (Array.isArray(built) ? built : [built]) as Rolldown.RolldownOutput[];
    for (const part of outputs.flatMap(({ output }) => output)) if (part.type === 'chunk') chunks.set(part.fileName, part);
  });

  /** An entry and everything that it imports statically, which the browser fetches before the first line runs. */
  const firstLoadOf = (entry: string): Rolldown.OutputChunk[] => {
    const found = new Set<Rolldown.OutputChunk>();
    const follow = (chunk: Rolldown.OutputChunk | undefined) => {
      if (chunk === undefined || found.has(chunk)) return;
      found.add(chunk);
      for (const name of chunk.imports) follow(chunks.get(name));
    };
    follow([...chunks.values()].find((chunk) => chunk.isEntry && chunk.name === entry));
    assert.ok(found.size > 0, `there is an entry ${entry}`);
    return [...found];
  };
  const modulesOf = (loaded: readonly Rolldown.OutputChunk[]) => loaded.flatMap((chunk) => chunk.moduleIds);

  it('FP33 takes at most 75 KB of compressed script', () => {
    const bytes = firstLoadOf('fan').reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
    assert.ok(bytes <= FIRST_LOAD_MAX_BYTES, `${bytes} bytes`);
  });

  it('FP33 fetches HLS, settings, the second language and the console when they are needed', () => {
    const loaded = modulesOf(firstLoadOf('fan'));
    const elsewhere = modulesOf([...chunks.values()]).filter((id) => !loaded.includes(id));
    for (const part of ['node_modules/hls.js/', 'client/fan/settings-dialog.tsx', 'client/i18n/de.ts', 'client/host/app.tsx']) {
      assert.ok(!loaded.some((id) => id.includes(part)), `${part} is not in the first load`);
      assert.ok(
        elsewhere.some((id) => id.includes(part)),
        `${part} is built`,
      );
    }
  });

  it('FP33 leaves the parser, and the parts of the SDK that it replaces, off the fan page', () => {
    const loaded = modulesOf(firstLoadOf('fan'));
    for (const part of ['node_modules/zod/', 'node_modules/msgpackr/', 'H3Transport.mjs'])
      assert.deepEqual(
        loaded.filter((id) => id.includes(part)),
        [],
      );
    assert.ok(
      modulesOf(firstLoadOf('host')).some((id) => id.includes('node_modules/zod/')),
      'the console does parse',
    );
  });

  it('FP34 asks for nothing that the oldest browsers named do not have', () => {
    for (const { fileName, code } of firstLoadOf('fan')) assert.deepEqual(code.match(TOO_YOUNG) ?? [], [], fileName);
  });
});
