/** Text that is going to be markup. */

/** Already markup: whatever was text in it has been escaped. */
export interface Markup {
  readonly html: string;
}

/** Escapes what is put in, unless it is markup itself; lists are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly (Markup | readonly Markup[] | string | number)[]): Markup {
  return { html: parts.reduce((text, part, n) => text + part + (n < values.length ? markupOf(values[n] ?? '') : ''), '') };
}

function markupOf(value: Markup | readonly Markup[] | string | number): string {
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return 'html' in value ? value.html : value.map((one) => one.html).join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
