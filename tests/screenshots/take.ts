/** `npm run screenshots`: makes the pictures of docs/screenshots/ from a real server with real music and a crowd. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { en } from '../../client/i18n/en.ts';
import { hostEn } from '../../client/i18n/host-en.ts';
import { launchChromium } from '../support/chromium.ts';
import { enterAsFan, knock, lineWith, say } from '../support/fan-page.ts';
import type { PartyProcess } from '../support/open-party.ts';
import { startParty } from '../support/party-process.ts';
import { askForTicket, enter, type Stranger } from '../support/stranger.ts';
import { MUSIC_DIR } from '../support/system-packages.ts';
import { until } from '../support/until.ts';
import { crowd } from './crowd.ts';

const OUT = join(import.meta.dirname, '../../docs/screenshots');
const FANS = 180;
const LIVELY_MS = 20_000;
const DESKTOP: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

mkdirSync(OUT, { recursive: true });
const browser = await launchChromium();
try {
  await theParty(browser);
  await theLine(browser);
} finally {
  await browser.close();
}

async function theParty(with_: Browser): Promise<void> {
  await using party = await startParty({ media: MUSIC_DIR });
  const staff = await enter(party.origin, party.slug, { name: 'Hana', invite: party.invite });
  await staff.ask('seek', { toMs: 45_000 });
  const crowdLeaves = await crowd(party.origin, party.slug, FANS);

  const fan = await newPage(with_, DESKTOP);
  const phone = await newPage(with_, PHONE);
  const host = await newPage(with_, DESKTOP);
  await enterAsFan(fan, party.fanUrl, 'Wren');
  await enterAsFan(phone, party.fanUrl, 'Marlow');
  await host.goto((await staff.ask<{ url: string }>('invite', { name: 'Juno', rank: 'host', forMs: 3_600_000 })).url);
  await staff.ask('say', { text: 'Thank you for being here tonight. Side B starts in a minute!' });
  await staff.ask('announce', { text: 'The vinyl is in the shop from midnight' });
  await pause(LIVELY_MS);
  await staff.ask('say', { text: 'we read everything, keep it coming' });
  await say(fan, 'never heard it this loud, never going back');
  await lineWith(fan, 'never heard it this loud, never going back').waitFor();
  for (const page of [fan, phone]) await cheer(page);

  await shoot(fan, 'fan-desktop');
  await shoot(phone, 'fan-phone');
  await theConsole(host, party, staff);
  await theBanned(with_, party, staff);
  await crowdLeaves();
  await staff.leave();
}

async function theConsole(host: Page, party: PartyProcess, staff: Stranger): Promise<void> {
  const seller = await enter(party.origin, party.slug, { name: 'best_deals' });
  const { id } = await seller.ask<{ id: string }>('chat', { key: 'spam', text: 'two tickets, half price, write to me' });
  await seller.ask('chat', { key: 'spam-2', text: 'last chance, only today!!' });
  const watcher = await enter(party.origin, party.slug, { name: 'Ilse' });
  await watcher.ask('report', { lineId: id, reason: 'spam' });
  await staff.ask('mute', { fanId: seller.fan.id, forMs: 600_000, reason: 'Selling tickets' });
  await host
    .getByRole('button', { name: hostEn.aboutFan('best_deals') })
    .first()
    .click();
  await host.getByText(hostEn.sanctions.mute).first().waitFor();
  await shoot(host, 'host-console');
  await host.getByRole('tab', { name: hostEn.tabs.pulse }).click();
  await pause(2_000);
  await shoot(host, 'host-pulse');
  await Promise.all([seller, watcher].map((guest) => guest.leave()));
}

async function theBanned(with_: Browser, party: PartyProcess, staff: Stranger): Promise<void> {
  const page = await newPage(with_, PHONE);
  await enterAsFan(page, party.fanUrl, 'Nope');
  const { fans } = await staff.ask<{ fans: { id: string }[] }>('find-fan', { name: 'Nope' });
  await staff.ask('ban', { fanId: fans[0]?.id, forMs: 86_400_000, scope: 'event', reason: 'Selling tickets in the chat' });
  await page.getByRole('heading', { name: en.bannedTitle }).waitFor();
  await shoot(page, 'banned');
}

async function theLine(with_: Browser): Promise<void> {
  await using party = await startParty({ media: MUSIC_DIR, env: { ADMISSIONS_PER_S: '1' } });
  await until('there is a line', async () => (await askForTicket(party.origin, party.slug, { name: 'Early' })).status === 202);
  for (let n = 0; n < 40; n += 1) await askForTicket(party.origin, party.slug, { name: `Early ${n}` });
  const page = await newPage(with_, PHONE);
  await knock(page, party.fanUrl, 'Wren');
  await page.getByRole('heading', { name: /in line$/ }).waitFor();
  await shoot(page, 'line');
}

async function newPage(with_: Browser, screen: BrowserContextOptions): Promise<Page> {
  return (await with_.newContext({ ...screen, locale: 'en-GB' })).newPage();
}

async function cheer(page: Page): Promise<void> {
  const hearts = page.getByRole('group', { name: en.reactions }).getByRole('button');
  for (let n = 0; n < 6; n += 1) await hearts.nth(n % 3).click();
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(OUT, `${name}.png`) });
  console.log(`docs/screenshots/${name}.png`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
