/** What was typed into a form. */

/** The trimmed text of the field `name`; '' when it is empty. */
export function formText(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** All that is typed into `form`: what was typed while a command was under way is not emptied with what was sent. */
export function typedInto(form: HTMLFormElement): string {
  return JSON.stringify([...new FormData(form)]);
}
