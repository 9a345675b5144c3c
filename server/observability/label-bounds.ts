/** Keeps the values of a label few: every value is a series that lives as long as the process. */

const OTHER = 'other';

/** `value` if it is one of `known`, else 'other'. */
export function labelsWithin(known: Iterable<string>): (value: string) => string {
  const values = new Set(known);
  return (value) => (values.has(value) ? value : OTHER);
}

/** The first `max` values seen keep their own name; all later ones are 'other'. */
export function labelsUpTo(max: number): (value: string) => string {
  const values = new Set<string>();
  return (value) => {
    if (values.has(value)) return value;
    if (values.size >= max) return OTHER;
    values.add(value);
    return value;
  };
}
