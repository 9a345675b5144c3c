/** What was typed into a form. */

/** The trimmed text of the field `name`; '' when it is empty. */
export function formText(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value.trim() : '';
}
