/** The operator's page: the whole house in one view. Rendered here alone, also what refreshes it, so that there is one of it. */
import type { HouseView, SeenProcess } from './house-watch.ts';
import { age, type HouseVerdict, judgeHouse, totalsOf } from './judge-house.ts';

export function opsPage(view: HouseView): string {
  const { sentence, isWell } = judgeHouse(view);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${isWell ? 'Well' : 'NOT WELL'} · Front Row</title>
<link rel="stylesheet" href="/ops/page.css">
<script src="/ops/page.js" defer></script>
</head>
<body>
<header>
<h1>Front Row, the house</h1>
<p class="verdict${isWell ? ' well' : ''}" role="status">${escapeHtml(sentence)}</p>
</header>
<main>${opsMain(view)}</main>
</body>
</html>
`;
}

/** What the stream carries; see `ops-refresh.ts`. */
export function opsUpdate(view: HouseView): Pick<HouseVerdict, 'sentence' | 'isWell'> & { readonly html: string } {
  const { sentence, isWell } = judgeHouse(view);
  return { sentence, isWell, html: opsMain(view) };
}

function opsMain(view: HouseView): string {
  return [
    // It shows itself when nothing has replaced it for ten seconds.
    '<p class="silent">No news for ten seconds: what follows is old.</p>',
    tiles(view),
    '<h2>Events</h2>',
    cards(eventCards(view)),
    '<h2>Processes</h2>',
    cards(view.processes.map((one) => processCard(one, view.atMs))),
    '<h2>What happened</h2>',
    incidents(view),
    `<p class="heard">As of ${timeOf(view.atMs)}.</p>`,
  ].join('\n');
}

function tiles(view: HouseView): string {
  const totals = totalsOf(view);
  const living = view.processes.filter(({ isLost }) => !isLost).flatMap(({ status }) => status.services);
  const names = [...new Set(living.map(({ name }) => name))];
  const figures: [string, string][] = [
    ['Fans', number(totals.fans)],
    ['Joins a second', rate(totals.joinsPerS)],
    ['Lines a second', rate(totals.linesPerS)],
    ['Frames a second', number(totals.framesPerS)],
    ['Longest beat', ms(totals.beatMs)],
    ['Loop delay', ms(totals.loopDelayMs)],
    ['Descriptors', percent(totals.descriptors, totals.descriptorsMax)],
    ['Memory', bytes(totals.memoryBytes)],
    ...names.map((name): [string, string] => {
      const isWell = living.every((one) => one.name !== name || one.trouble === null);
      return [name, isWell ? 'well' : 'NOT WELL'];
    }),
  ];
  return `<dl class="tiles">${figures.map(([term, value]) => `<div><dt>${escapeHtml(term)}</dt><dd>${value}</dd></div>`).join('')}</dl>`;
}

interface Card {
  readonly title: string;
  readonly state: string;
  readonly isWell: boolean;
  readonly rows: readonly (readonly [term: string, html: string])[];
  readonly meter?: string;
}

function eventCards({ processes }: HouseView): Card[] {
  const living = processes.filter(({ isLost }) => !isLost).map(({ status }) => status);
  const slugs = new Set(living.flatMap(({ stages, sections }) => [...stages, ...sections.map(({ slug }) => slug)]));
  return [...slugs].toSorted().map((slug) => {
    const sections = living.flatMap((status) => status.sections.filter((section) => section.slug === slug));
    const staged = living.filter(({ stages }) => stages.includes(slug));
    const epoch = Math.max(
      0,
      ...living.flatMap(({ epochs }) => epochs.filter((one) => one.slug === slug).map((one) => one.epoch)),
    );
    return {
      title: slug,
      state: staged.length === 1 ? 'has its stage' : staged.length === 0 ? 'no stage' : `${staged.length} stages`,
      isWell: staged.length === 1,
      rows: [
        ['Fans', number(sections.reduce((sum, { fans }) => sum + fans, 0))],
        ['Sections', number(sections.length)],
        ['Stage at', escapeHtml(staged.map(({ place }) => place).join(', ') || '–')],
        ['Epoch', number(epoch)],
      ],
    };
  });
}

function processCard({ status, silentMs, isLost }: SeenProcess, nowMs: number): Card {
  const { place, pid, ready, reasons, sections, stages, figures, startedAtMs } = status;
  const fans = sections.reduce((sum, section) => sum + section.fans, 0);
  return {
    title: place === '' ? status.processId : place,
    state: isLost ? `lost since ${age(silentMs)}` : ready ? 'ready' : reasons.join(', ') || 'not ready',
    isWell: ready && !isLost,
    rows: [
      ['Fans', number(fans)],
      ['Sections', number(sections.length)],
      ['Stages', escapeHtml(stages.join(', ') || '–')],
      ...(figures === undefined
        ? []
        : ([
            ['Joins a second', rate(figures.joinsPerS)],
            ['Beat', ms(figures.beatMs)],
            ['Loop', `${percent(figures.utilisation, 1)} busy, ${ms(figures.loopDelayMs)} late`],
            ['Descriptors', `${number(figures.descriptors)} of ${number(figures.descriptorsMax)}`],
            ['Memory', bytes(figures.memoryBytes)],
          ] as const)),
      ['Up', startedAtMs > 0 ? age(nowMs - startedAtMs) : '–'],
      ['Process', String(pid)],
    ],
    ...(figures && {
      meter: `<meter min="0" max="${figures.descriptorsMax}" high="${Math.floor(figures.descriptorsMax * 0.88)}" value="${figures.descriptors}" aria-label="Descriptors used"></meter>`,
    }),
  };
}

function cards(all: readonly Card[]): string {
  if (all.length === 0) return '<p>None.</p>';
  const items = all.map(({ title, state, isWell, rows, meter }) => {
    const list = rows.map(([term, html]) => `<dt>${escapeHtml(term)}</dt><dd>${html}</dd>`).join('');
    return `<li${isWell ? '' : ' class="bad"'}><h3>${escapeHtml(title)}</h3><p class="state">${escapeHtml(state)}</p><dl>${list}</dl>${meter ?? ''}</li>`;
  });
  return `<ul class="cards">${items.join('')}</ul>`;
}

function incidents({ incidents: all }: HouseView): string {
  if (all.length === 0) return '<p>Nothing since this process started.</p>';
  return `<ol>${all.map(({ atMs, says }) => `<li><time>${timeOf(atMs)}</time>${escapeHtml(says)}</li>`).join('')}</ol>`;
}

/** In the time that logs are written in. */
const timeOf = (atMs: number) => `${new Date(atMs).toISOString().slice(11, 19)} UTC`;
const number = (n: number) => Math.round(n).toLocaleString('en');
const rate = (n: number) => (n < 10 ? n.toFixed(1) : number(n));
const ms = (n: number) => (n >= 1_000 ? `${(n / 1_000).toFixed(1)} s` : `${Math.round(n)} ms`);
const percent = (part: number, of: number) => `${of === 0 ? 0 : Math.round((part / of) * 100)}%`;
const bytes = (n: number) => (n >= 1e9 ? `${(n / 1_073_741_824).toFixed(1)} GB` : `${number(n / 1_048_576)} MB`);

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
