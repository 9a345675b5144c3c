/** Reads figures out of Prometheus' text format. */

/** The sum over all series of this name, or over those with all of `labels`; null when there is none. */
export function figureIn(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number | null {
  let sum: number | null = null;
  for (const line of text.split('\n')) {
    if (!line.startsWith(name)) continue;
    const [, series = '', value = ''] = /^[\w:]+(\{.*\})? (\S+)/.exec(line) ?? [];
    if (line.slice(0, line.indexOf(series || ' ')) !== name || value === '') continue;
    if (!Object.entries(labels).every(([key, wanted]) => series.includes(`${key}="${wanted}"`))) continue;
    sum = (sum ?? 0) + Number(value);
  }
  return sum;
}
