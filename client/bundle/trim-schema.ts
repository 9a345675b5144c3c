/**
 * Takes out of `@colyseus/schema` what these pages never use and a bundler cannot prove unused: encoding a whole state, and the
 * collections that our states do not have. Whatever would need one of those says so at once.
 */

/** What is taken out, as the published module writes it; each has to be there, or the module is another one. */
const CUTS: readonly (readonly [what: RegExp, instead: string])[] = [
  [/^Reflection\.encode = function[\s\S]*?^\};$/gm, ''],
  [/^registerType\("(?:set|collection|stream)", .*$/gm, ''],
  [/\(\) => new (Set|Collection|Stream)Schema\(\)/g, '() => { throw new Error("$1Schema is left out of this page"); }'],
];

/** `code`: the module's text. Throws when there is nothing to take out. */
export function trimSchema(code: string): string {
  return CUTS.reduce((left, [what, instead]) => {
    const cut = left.replace(what, instead);
    if (cut === left) throw new Error(`@colyseus/schema has no ${what} any more`);
    return cut;
  }, code);
}
