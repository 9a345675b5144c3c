/** Plots as inline SVG, drawn for a page of its own: colours and type come from the page's style. */
import { html, type Markup } from './markup.ts';
import type { Scale } from './scale.ts';

export interface Series {
  readonly name: string;
  /** `[x, y]`; a null interrupts the line. */
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /** Which of the page's colours. */
  readonly colour: number;
  readonly as?: 'line' | 'area' | 'dashed';
}

export interface PlotOptions {
  readonly title: string;
  /** What a reader should see in it. */
  readonly note: string;
  readonly series: readonly Series[];
  readonly x: Scale;
  readonly y: Scale;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
  /** What happened when. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  /** A line that should not be crossed. */
  readonly bound?: number;
}

const WIDTH = 520;
const HEIGHT = 260;
const LEFT = 54;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 26;

const across = (share: number) => LEFT + share * (WIDTH - LEFT - RIGHT);
const down = (share: number) => HEIGHT - BOTTOM - Math.min(1.02, share) * (HEIGHT - TOP - BOTTOM);
const place = (value: number) => String(Math.round(value * 10) / 10);

export function plot({ title, note, series, x, y, xText, yText, marks = [], bound }: PlotOptions): Markup {
  const shown = series.filter(({ points }) => points.some(([, value]) => value !== null));
  const described = `${title}. ${note}`;
  return html`<figure>
<figcaption><h3>${title}</h3><p>${note}</p>${legend(shown)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${described}">
<g class="grid">${y.ticks.map((tick) => html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${place(down(y.at(tick)))}" y2="${place(down(y.at(tick)))}"/>`)}</g>
<g class="axis y">${y.ticks.map((tick) => html`<text x="${LEFT - 8}" y="${place(down(y.at(tick)) + 4)}">${yText(tick)}</text>`)}</g>
<g class="axis x">${x.ticks.map((tick) => html`<text x="${place(across(x.at(tick)))}" y="${HEIGHT - 6}">${xText(tick)}</text>`)}</g>
${marks.map(({ x: at, label }) => mark(across(x.at(at)), label))}
${bound === undefined ? [] : [html`<line class="bound" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${place(down(y.at(bound)))}" y2="${place(down(y.at(bound)))}"/>`]}
${shown.map((one) => drawn(one, x, y))}
</svg>
</figure>`;
}

function legend(series: readonly Series[]): Markup {
  if (series.length < 2) return html``;
  return html`<ul class="legend">${series.map(({ name, colour, as }) => html`<li class="c${colour} ${as ?? 'line'}">${name}</li>`)}</ul>`;
}

function mark(at: number, label: string): Markup {
  const anchor = at > WIDTH * 0.8 ? 'end' : 'start';
  const beside = anchor === 'end' ? at - 4 : at + 4;
  return html`<g class="mark"><line x1="${place(at)}" x2="${place(at)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text x="${place(beside)}" y="${TOP + 8}" text-anchor="${anchor}">${label}</text></g>`;
}

function drawn({ points, colour, as = 'line' }: Series, x: Scale, y: Scale): Markup {
  const pieces = unbroken(points).map((piece) =>
    piece.map(([at, value]) => `${place(across(x.at(at)))},${place(down(y.at(value)))}`),
  );
  if (as === 'area') {
    const ground = place(down(0));
    const areas = unbroken(points).map((piece, n) => {
      const [first, last] = [piece[0]?.[0] ?? 0, piece.at(-1)?.[0] ?? 0];
      return `M${place(across(x.at(first)))},${ground}L${pieces[n]?.join('L')}L${place(across(x.at(last)))},${ground}Z`;
    });
    return html`<path class="area c${colour}" d="${areas.join('')}"/>`;
  }
  // One point alone is a line without a length, which round ends make a dot.
  const lines = pieces.map((piece) => `M${piece.length === 1 ? `${piece[0]}L${piece[0]}` : piece.join('L')}`);
  return html`<path class="${as} c${colour}" d="${lines.join('')}"/>`;
}

function unbroken(points: Series['points']): (readonly [number, number])[][] {
  const pieces: (readonly [number, number])[][] = [[]];
  for (const [x, y] of points) {
    if (y !== null) pieces.at(-1)?.push([x, y]);
    else if (pieces.at(-1)?.length) pieces.push([]);
  }
  return pieces.filter((piece) => piece.length > 0);
}
