/** One real server and one Chromium for a file of tests, and the people in front of it: each with a browser of their own. */
import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { enterAsFan } from './fan-page.ts';
import type { PartyOptions, PartyProcess } from './open-party.ts';
import { startParty } from './party-process.ts';
import { enter, type Stranger } from './stranger.ts';
import { MUSIC_DIR } from './system-packages.ts';

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1_440, height: 900 } };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

export interface PartyHouse {
  readonly party: PartyProcess;
  /** The owner, who has no page: what is asked here happens to the room as if another console had asked. */
  readonly owner: Stranger;
  /** A browser of one's own: cookies, storage, and a page that is empty yet. */
  person(screen?: BrowserContextOptions): Promise<Page>;
  /** Somebody who is in. */
  fan(name: string, screen?: BrowserContextOptions): Promise<Page>;
  /** Somebody who is in and has no page. */
  stranger(name: string): Promise<Stranger>;
  /** A console, by an invitation of its own. */
  console(name: string, rank: 'moderator' | 'host' | 'owner'): Promise<Page>;
  /** Sends home who came by these; fails when a page threw. */
  sendHome(): Promise<void>;
  close(): Promise<void>;
}

/** Plays real music from a folder unless said otherwise. */
export async function openHouse(options: PartyOptions = { media: MUSIC_DIR }): Promise<PartyHouse> {
  const party = await startParty(options);
  let browser: Browser | undefined;
  let pages: Page[] = [];
  let strangers: Stranger[] = [];
  const thrown: string[] = [];
  try {
    const chromium = await launchChromium(['--autoplay-policy=document-user-activation-required']);
    browser = chromium;
    const owner = await enter(party.origin, party.slug, { name: 'Owner', invite: party.invite });

    const person = async (screen = DESKTOP) => {
      const page = await (await chromium.newContext({ locale: 'en-GB', ...screen })).newPage();
      page.on('pageerror', (error) => thrown.push(error.stack ?? error.message));
      pages.push(page);
      return page;
    };
    return {
      party,
      owner,
      person,
      async fan(name, screen) {
        const page = await person(screen);
        await enterAsFan(page, party.fanUrl, name);
        return page;
      },
      async stranger(name) {
        const stranger = await enter(party.origin, party.slug, { name });
        strangers.push(stranger);
        return stranger;
      },
      async console(name, rank) {
        const { url } = await owner.ask<{ url: string }>('invite', { name, rank, forMs: 3_600_000 });
        const page = await person();
        await page.goto(url);
        return page;
      },
      async sendHome() {
        await Promise.all([...pages.map((page) => page.context().close()), ...strangers.map((stranger) => stranger.leave())]);
        [pages, strangers] = [[], []];
        assert.deepEqual(thrown.splice(0), []);
      },
      async close() {
        await chromium.close();
        await owner.leave();
        await party.stop();
      },
    };
  } catch (error) {
    await browser?.close();
    await party.stop('SIGKILL');
    throw error;
  }
}

/** What a screen reader would call the focused element, roughly: its label, else its text. */
export function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return '';
    const text =
      element.getAttribute('aria-label') ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent;
    return (text ?? '').replace(/\s+/g, ' ').trim();
  });
}
