/** Numbers and plurals per language, by Intl. */

interface Numbers {
  /** The right form for `n`, without the number. */
  form(n: number, one: string, other: string): string;
  format(n: number): string;
  /** One digit after the point. */
  decimal(n: number): string;
  /** 0.5 is half. */
  percent(share: number): string;
  /** `1 day`, `2 days`: the number and the right form. */
  plural(n: number, one: string, other: string): string;
  ordinal(n: number): string;
}

function numbers(locale: string, ordinalOf: (n: number, formatted: string) => string): Numbers {
  const format = new Intl.NumberFormat(locale);
  const decimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const cardinal = new Intl.PluralRules(locale);
  const form = (n: number, one: string, other: string) => (cardinal.select(n) === 'one' ? one : other);
  return {
    form,
    format: (n) => format.format(n),
    decimal: (n) => decimal.format(n),
    percent: (share) => percent.format(share),
    plural: (n, one, other) => `${format.format(n)} ${form(n, one, other)}`,
    ordinal: (n) => ordinalOf(n, format.format(n)),
  };
}

const englishOrdinal = new Intl.PluralRules('en', { type: 'ordinal' });
const SUFFIXES: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };

export const en = numbers('en', (n, formatted) => `${formatted}${SUFFIXES[englishOrdinal.select(n)]}`);
export const de = numbers('de', (_, formatted) => `${formatted}.`);
