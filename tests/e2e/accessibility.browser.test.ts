/** axe-core on every page in every state that a person can meet, with a mouse's and with a thumb's screen. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { en } from '../../client/i18n/en.ts';
import { hostEn } from '../../client/i18n/host-en.ts';
import type { PartyEvent } from '../../rooms/ports.ts';
import { Slug } from '../../schemas/ids.ts';
import { eventId, labelId } from '../contract/samples.ts';
import { violationsOn } from '../support/accessibility.ts';
import { bookAt } from '../support/book.ts';
import { launchChromium } from '../support/chromium.ts';
import { enterAsFan, knock, lineWith, say } from '../support/fan-page.ts';
import { lineUp } from '../support/line-at-doors.ts';
import type { PartyProcess } from '../support/open-party.ts';
import { startParty } from '../support/party-process.ts';
import { enter, type Stranger } from '../support/stranger.ts';
import { MUSIC_DIR } from '../support/system-packages.ts';
import { until } from '../support/until.ts';

const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

describe('accessibility, by axe-core', function () {
  this.timeout(120_000);
  const dataDir = mkdtempSync(join(tmpdir(), 'front-row-axe-'));
  let party: PartyProcess;
  let host: Stranger;
  let browser: Browser;

  before(async () => {
    await bookForLater(dataDir);
    party = await startParty({ media: MUSIC_DIR, dataDir });
    host = await enter(party.origin, party.slug, { name: 'Hana', invite: party.invite });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await host?.leave();
    await party?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const newPage = async (screen: keyof typeof SCREENS): Promise<Page> => {
    const context = await browser.newContext({ locale: 'en-GB', viewport: SCREENS[screen], reducedMotion: 'reduce' });
    return context.newPage();
  };
  const assertClean = async (page: Page, state: string) => assert.deepEqual(await violationsOn(page), [], state);
  const closes = async (page: Page, title: string) => {
    await page.getByRole('heading', { name: title }).waitFor();
    await assertClean(page, title);
    await page.context().close();
  };
  const fanIdOf = async (name: string) => {
    const { fans } = await host.ask<{ fans: { id: string }[] }>('find-fan', { name });
    return fans[0]?.id;
  };

  for (const screen of ['desktop', 'phone'] as const) {
    it(`HO9 the way in and the show, ${screen}`, async () => {
      const page = await newPage(screen);
      await page.goto(party.fanUrl);
      await page.getByLabel(en.nameLabel).waitFor();
      await assertClean(page, 'lobby');
      await knock(page, party.fanUrl, 'Admin');
      await page.locator('[aria-invalid=true]').waitFor();
      await assertClean(page, 'a name that is refused');

      await enterAsFan(page, party.fanUrl, `Ada ${screen}`);
      await host.ask('announce', { text: 'Vinyl is out at midnight' });
      const { id } = await host.ask<{ id?: string }>('say', { text: 'welcome, everyone' });
      if (id) await host.ask('pin', { lineId: id });
      await say(page, `hello from a ${screen}`);
      await lineWith(page, 'welcome, everyone').first().waitFor();
      await page.getByText('Vinyl is out at midnight').first().waitFor();
      await assertClean(page, 'show');

      await page.getByRole('button', { name: en.settings }).click();
      await page.getByRole('dialog').waitFor();
      await assertClean(page, 'settings');
      await page.keyboard.press('Escape');

      await lineWith(page, `hello from a ${screen}`).hover();
      await page.getByRole('button', { name: new RegExp(`^${en.reply}`) }).click();
      await assertClean(page, 'reply');

      await host.ask('chat-mode', { mode: 'emoji' });
      await page.getByText(en.modeEmoji).first().waitFor();
      await assertClean(page, 'emoji only');
      await host.ask('chat-mode', { mode: 'open' });
      await page.context().close();
    });
  }

  it('HO9 the report of a line', async () => {
    const [page, writer] = [await newPage('desktop'), await enter(party.origin, party.slug, { name: 'Rude' })];
    await enterAsFan(page, party.fanUrl, 'Cleo');
    await writer.ask('chat', { key: 'rude', text: 'buy my tickets' });
    await lineWith(page, 'buy my tickets').hover();
    await page.getByRole('button', { name: `${en.report}: Rude` }).click();
    await page.getByRole('dialog').waitFor();
    await assertClean(page, 'report');
    await writer.leave();
    await page.context().close();
  });

  it('HO9 before the doors open', async () => {
    const page = await newPage('phone');
    await page.goto(`${party.origin}/e/later`);
    await page.getByText(en.doorsOpenIn).first().waitFor();
    await assertClean(page, 'countdown');
    await page.context().close();
  });

  it('HO9 an address that is no party', async () => {
    const page = await newPage('phone');
    await page.goto(`${party.origin}/e/nowhere`);
    await assertClean(page, 'unknown event');
    await page.goto(`${party.origin}/`);
    await assertClean(page, 'list');
    await page.context().close();
  });

  it('HO9 the line', async () => {
    await using slow = await startParty({ media: MUSIC_DIR, env: { ADMISSIONS_PER_S: '1' } });
    await using meanwhile = new AsyncDisposableStack();
    meanwhile.use(await lineUp(slow));
    const page = await newPage('phone');
    await knock(page, slow.fanUrl, 'Patient');
    await page.getByRole('heading', { name: /in line$/ }).waitFor();
    await assertClean(page, 'in line');
    await page.context().close();
  });

  it('HO9 reconnecting', async () => {
    await using short = await startParty({ media: MUSIC_DIR });
    const page = await newPage('desktop');
    await enterAsFan(page, short.fanUrl, 'Ada');
    await short.stop('SIGKILL');
    await page.getByText(en.reconnecting).first().waitFor();
    await assertClean(page, 'reconnecting');
    await page.context().close();
  });

  it('HO9 the ways out: left, elsewhere, sent out, banned, doors closed, ended', async () => {
    const leaver = await newPage('phone');
    await enterAsFan(leaver, party.fanUrl, 'Leaver');
    await leaver.getByRole('button', { name: en.settings }).click();
    await leaver.getByRole('button', { name: en.leave }).click();
    await closes(leaver, en.leftTitle);

    const kicked = await newPage('phone');
    await enterAsFan(kicked, party.fanUrl, 'Noisy');
    await host.ask('kick', { fanId: await fanIdOf('Noisy'), forMs: 1_000, reason: 'Please calm down' });
    await closes(kicked, en.kickedTitle);

    const late = await newPage('phone');
    await host.ask('doors', { open: false });
    await knock(late, party.fanUrl, 'Late');
    await closes(late, en.doorsClosedTitle);
    await host.ask('doors', { open: true });

    const last = await newPage('desktop');
    await enterAsFan(last, party.fanUrl, 'Last');
    const banned = await newPage('desktop');
    await enterAsFan(banned, party.fanUrl, 'Worse');
    await host.ask('ban', { fanId: await fanIdOf('Worse'), forMs: 60_000, scope: 'event', reason: 'Spam' });
    await closes(banned, en.bannedTitle);
    await host.ask('end', {});
    await closes(last, en.endedTitle);
  });

  it('HO9 the host console, every panel, and without an invitation', async () => {
    await using show = await startParty({ media: MUSIC_DIR });
    const fan = await enter(show.origin, show.slug, { name: 'Ada' });
    const { id } = await fan.ask<{ id: string }>('chat', { key: 'k', text: 'first!' });
    const other = await enter(show.origin, show.slug, { name: 'Ben' });
    await until('the line is there', () => [...other.room.state.lines].some((line) => line.id === id));
    await other.ask('report', { lineId: id, reason: 'spam' });
    const page = await newPage('desktop');
    await page.goto(show.hostUrl);
    await page.getByRole('button', { name: hostEn.pause, exact: true }).waitFor();
    await lineWith(page, 'first!').first().waitFor();
    for (const tab of Object.values(hostEn.tabs)) {
      await page.getByRole('tab', { name: tab }).click();
      await assertClean(page, tab);
    }
    await page.getByRole('tab', { name: hostEn.tabs.room }).click();
    await page.getByRole('button', { name: hostEn.end }).click();
    await page.getByRole('dialog').waitFor();
    await assertClean(page, 'end the event?');
    await page.context().close();

    const stranger = await newPage('phone');
    await stranger.goto(`${show.origin}/host/${show.slug}`);
    await stranger.getByRole('heading', { name: hostEn.needsInvite }).waitFor();
    await assertClean(stranger, 'no invitation');
    await Promise.all([fan, other].map((guest) => guest.leave()));
  });
});

/** A second event, whose doors open in an hour. */
async function bookForLater(dataDir: string): Promise<void> {
  const event: PartyEvent = {
    id: eventId(2),
    labelId: labelId(2),
    labelName: 'Later Records',
    slug: Slug.parse('later'),
    title: 'Later',
    artist: 'The Patients',
    theme: {
      accent: '#ff8a5c',
      background: '#0b0a0d',
      surface: '#16141a',
      text: '#f6f2ec',
      logo: '',
      backdrop: '',
      displayFont: '',
      bodyFont: '',
    },
    doorsAtMs: Date.now() + 3_600_000,
    state: 'before',
    emojis: ['❤️'],
    reservedNames: [],
    allowedOrigins: [],
    setlist: [],
    autoplay: false,
  };
  await bookAt(dataDir, (events) => events.saveEvent(event));
}
