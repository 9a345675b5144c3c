/**
 * Preloaded into dependency-cruiser, whose swc extractor stumbles over JSX and over `using`.
 * (Its other extractor needs the compiler API that TypeScript 7 no longer has.)
 */
import { createRequire } from 'node:module';
import type * as Swc from '@swc/core';

type Parse = (file: string, options: Swc.ParseOptions) => Swc.Module;

const swc = createRequire(import.meta.url)('@swc/core') as { parseFileSync: Parse };
const parseFileSync = swc.parseFileSync;

swc.parseFileSync = (file, options) => {
  const tree = parseFileSync(file, { ...options, syntax: 'typescript', tsx: file.endsWith('x') });
  usingAsConst(tree);
  return tree;
};

/** Rewrites the tree in place: for imports, `using` declares like `const`. */
function usingAsConst(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node && node.type === 'UsingDeclaration' && 'decls' in node) {
    Object.assign(node, { type: 'VariableDeclaration', kind: 'const', declarations: node.decls });
  }
  for (const child of Object.values(node)) usingAsConst(child);
}
