import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PartyError } from '../../core/errors.ts';
import type { PartyEvent } from '../../rooms/ports.ts';
import { EventId, LabelId, Slug } from '../../schemas/ids.ts';
import { builtPages, renderList, renderPage, shownTheme, themeCss, themeVersion } from './pages.ts';

const TEMPLATE =
  '<!doctype html><html><head><meta name="theme-color" content="#000000" /><title>x</title></head><body></body></html>';
const hostile = `"><script>alert('$&')</script>`;

const event: PartyEvent = {
  id: EventId.parse('evt_000000000000'),
  labelId: LabelId.parse('lbl_000000000000'),
  labelName: `Label ${hostile}`,
  slug: Slug.parse('night'),
  title: `Night ${hostile}`,
  artist: '',
  theme: {
    accent: '#ff0000',
    background: '#0b0a0d',
    surface: '#111111',
    text: '#ffffff',
    logo: '',
    backdrop: '/art/b.jpg',
    displayFont: '',
    bodyFont: '',
  },
  doorsAtMs: 0,
  state: 'open',
  emojis: ['🔥'],
  reservedNames: [],
  allowedOrigins: [],
  setlist: [],
  autoplay: true,
};

describe('pages', () => {
  for (const kind of ['fan', 'host'] as const) {
    it(`HT11 writes a hostile title into the ${kind} page as text`, () => {
      const html = renderPage(TEMPLATE, kind, event, 'https://party.example');
      assert.doesNotMatch(html, /<script/);
      assert.match(html, /<title>Night &#34;&#62;&#60;script&#62;alert\(&#39;\$&#38;&#39;\)&#60;\/script&#62;/);
      assert.equal(html.match(/<\/head>/g)?.length, 1);
      assert.match(html, /<meta name="theme-color" content="#0b0a0d">/);
    });
  }

  it('HT11 gives a link preview absolute addresses, and keeps the console out of search', () => {
    const fan = renderPage(TEMPLATE, 'fan', event, 'https://party.example');
    assert.match(fan, /property="og:url" content="https:\/\/party\.example\/e\/night"/);
    assert.match(fan, /property="og:image" content="https:\/\/party\.example\/art\/b\.jpg"/);
    assert.match(renderPage(TEMPLATE, 'host', event, 'https://party.example'), /name="robots" content="noindex"/);
  });

  it('HT2 fetches the poster with the page, where media of ours opens only signed', () => {
    const theme = shownTheme({ ...event.theme, backdrop: '/media/a.jpg', logo: 'https://band.example/l.svg' }, (url) =>
      url.startsWith('/media/') ? `${url}?e=1&s=2` : url,
    );
    assert.deepEqual([theme.backdrop, theme.logo], ['/media/a.jpg?e=1&s=2', 'https://band.example/l.svg']);
    const shown = { ...event, theme };
    const preload = /<link rel="preload" as="image" href="\/media\/a\.jpg\?e=1&#38;s=2"/;
    assert.match(renderPage(TEMPLATE, 'fan', shown, 'https://party.example'), preload);
    assert.doesNotMatch(renderPage(TEMPLATE, 'host', shown, 'https://party.example'), /preload/);
    const bare = { ...event, theme: { ...event.theme, backdrop: '' } };
    assert.doesNotMatch(renderPage(TEMPLATE, 'fan', bare, 'https://party.example'), /preload|og:image/);
  });

  it('PG17 names the style sheet by its content: an edit of the colours is another one, a new signature is not', () => {
    const version = themeVersion(event.theme);
    assert.match(renderPage(TEMPLATE, 'fan', event, 'https://party.example'), new RegExp(`theme\\.css\\?v=${version}"`));
    assert.notEqual(themeVersion({ ...event.theme, accent: '#00ff00' }), version);
    assert.equal(themeVersion({ ...event.theme, backdrop: '/art/b.jpg?s=1' }), version);
  });

  it('HT14 lists events as text', () => {
    assert.doesNotMatch(renderList([event]), /<script/);
    assert.match(renderList([event]), /href="\/e\/night"/);
    assert.match(renderList([]), /No event is open/);
  });

  it('HT10 sends the colours as a style sheet', () => {
    assert.match(themeCss(event.theme), /--accent: #ff0000;/);
  });

  describe('from the build', () => {
    let dir: string;
    beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'front-row-pages-'))));
    afterEach(() => rm(dir, { recursive: true }));

    it('HT10 says when the pages are not built, and finds them once they are', async () => {
      const pages = builtPages(dir);
      await assert.rejects(pages('fan', '/'), (error) => error instanceof PartyError && error.code === 'unavailable');
      await writeFile(join(dir, 'index.html'), TEMPLATE);
      assert.equal(await pages('fan', '/'), TEMPLATE);
    });
  });
});
