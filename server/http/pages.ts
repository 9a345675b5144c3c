/** The two pages as HTML: the build's templates with the event's title, description and theme written in, nothing inline. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PartyError } from '../../core/errors.ts';
import type { Theme } from '../../schemas/http.ts';
import type { EventPage } from '../store/event-rows.ts';

export type PageKind = 'fan' | 'host';

/** Reads a page's HTML for a request; rejects when the pages are not built. */
export type PageSource = (kind: PageKind, url: string) => Promise<string>;

const TEMPLATE: Readonly<Record<PageKind, string>> = { fan: 'index.html', host: 'host.html' };

/** From the build, read once. */
export function builtPages(clientDir: string): PageSource {
  const read = new Map<PageKind, Promise<string>>();
  return (kind) => {
    const known = read.get(kind);
    if (known) return known;
    const page = readFile(join(clientDir, TEMPLATE[kind]), 'utf8').catch(() => {
      read.delete(kind);
      throw new PartyError('unavailable', 'The pages are not built yet: run `npm run build`.');
    });
    read.set(kind, page);
    return page;
  };
}

/** `baseUrl`: the origin that the page is seen at, for links that leave it. The theme's images are as `shownTheme` gives them. */
export function renderPage(html: string, kind: PageKind, event: EventPage, baseUrl: string): string {
  const title = [event.title, event.artist].filter((part) => part !== '').join(' · ');
  const description = `Listen together: ${title}, presented by ${event.labelName}.`;
  const image = event.theme.backdrop || event.theme.logo;
  const head = [
    `<meta name="description" content="${escapeHtml(description)}">`,
    ...(kind === 'host'
      ? ['<meta name="robots" content="noindex">']
      : openGraph(title, description, `${baseUrl}/e/${event.slug}`, image, baseUrl)),
    `<link rel="stylesheet" href="/api/events/${event.slug}/theme.css?v=${themeVersion(event.theme)}">`,
    // The poster is the first thing to be seen; its image need not wait for the script that asks for it.
    ...(kind === 'fan' && event.theme.backdrop !== ''
      ? [`<link rel="preload" as="image" href="${escapeHtml(event.theme.backdrop)}" fetchpriority="high">`]
      : []),
  ];
  return html
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escapeHtml(kind === 'host' ? `${title} (host)` : title)}</title>`)
    .replace(/<meta name="theme-color"[^>]*>/, () => `<meta name="theme-color" content="${event.theme.background}">`)
    .replace('</head>', () => `${head.join('\n')}\n</head>`);
}

function openGraph(title: string, description: string, url: string, image: string, baseUrl: string): string[] {
  const properties = { 'og:type': 'music.radio_station', 'og:title': title, 'og:description': description, 'og:url': url };
  const withImage =
    image === '' || !URL.canParse(image, baseUrl) ? properties : { ...properties, 'og:image': new URL(image, baseUrl).href };
  return Object.entries(withImage).map(([name, content]) => `<meta property="${name}" content="${escapeHtml(content)}">`);
}

export function renderList(events: readonly EventPage[]): string {
  const items = events.map(
    ({ slug, title, artist }) => `<li><a href="/e/${slug}">${escapeHtml([title, artist].filter(Boolean).join(' · '))}</a></li>`,
  );
  const body = items.length > 0 ? `<ul>${items.join('')}</ul>` : '<p>No event is open right now.</p>';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Front Row</title></head><body><main><h1>Front Row</h1>${body}</main></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The theme as browsers get it: images that are ours are signed for a while. */
export function shownTheme(theme: Theme, mediaUrl: (url: string) => string): Theme {
  return { ...theme, logo: mediaUrl(theme.logo), backdrop: mediaUrl(theme.backdrop) };
}

const VERSION_CHARS = 12;

/** Names the style sheet by its content, so that an edit is seen at once and what did not change is not fetched again. */
export function themeVersion(theme: Theme): string {
  return createHash('sha256').update(themeCss(theme)).digest('base64url').slice(0, VERSION_CHARS);
}

/** The event's colours before any script runs, under the names that the page's own theme then refines. */
export function themeCss({ background, surface, text, accent }: Theme): string {
  const properties = { '--bg': background, '--surface': surface, '--text': text, '--accent': accent };
  const lines = Object.entries(properties).map(([name, value]) => `  ${name}: ${value};\n`);
  return `:root {\n${lines.join('')}}\n`;
}
