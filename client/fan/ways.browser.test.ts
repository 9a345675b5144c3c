/** The ways in and the ways out, on real pages in front of a real server. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { Slug } from '../../schemas/ids.ts';
import { eventId } from '../../tests/contract/samples.ts';
import { bookAt } from '../../tests/support/book.ts';
import { audible, enterAsFan, knock, lineWith } from '../../tests/support/fan-page.ts';
import { lineUp } from '../../tests/support/line-at-doors.ts';
import { DESKTOP, openHouse, type PartyHouse, PHONE } from '../../tests/support/party-house.ts';
import { startParty } from '../../tests/support/party-process.ts';
import { severableProxy } from '../../tests/support/severable-proxy.ts';
import { askForTicket } from '../../tests/support/stranger.ts';
import { MUSIC_DIR } from '../../tests/support/system-packages.ts';
import { until } from '../../tests/support/until.ts';
import { en } from '../i18n/en.ts';

describe('ways in and out, in Chromium', function () {
  this.timeout(180_000);
  const dataDir = mkdtempSync(join(tmpdir(), 'front-row-ways-'));
  let house: PartyHouse;

  before(async () => {
    house = await openHouse({ media: MUSIC_DIR, dataDir });
  });
  afterEach(() => house.sendHome());
  after(async () => {
    await house?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor();
  const isIn = (page: Page) => page.getByLabel(en.saySomething).waitFor();
  const fanIdOf = async (name: string) => (await house.owner.ask<{ fans: { id: string }[] }>('find-fan', { name })).fans[0]?.id;
  const sounds = (page: Page) =>
    until('the music sounds', async () => {
      const heard = await audible(page);
      return heard !== null && !heard.paused && heard.atMs > 0;
    });
  const isQuiet = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll('audio, video')].every(
        (media) => (media as HTMLMediaElement).paused && !media.hasAttribute('src'),
      ),
    );
  const fallsSilent = (page: Page) => until('the music is over', () => isQuiet(page));

  it('FP4 counts down before doors, keeps the place, and lets in with sound by itself', async () => {
    await bookFor(dataDir, 'soon', Date.now() + 9_000);
    const [page, onlooker] = [await house.person(PHONE), await house.person()];
    await until('the party is known', async () => (await askForTicket(house.party.origin, 'soon', { name: 'x' })).status !== 404);
    await page.goto(`${house.party.origin}/e/soon`);
    await onlooker.goto(`${house.party.origin}/e/soon`);
    await onlooker.getByRole('button', { name: en.saveMyPlace }).waitFor();
    const timer = page.getByRole('timer');
    const shownS = async () => Number(/(\d+) seconds?$/.exec((await timer.getAttribute('aria-label')) ?? '')?.[1]);
    await timer.waitFor();
    const atFirst = await shownS();
    await until('it counts down', async () => (await shownS()) < atFirst);
    await page.getByLabel(en.nameLabel).fill('Early');
    await page.getByRole('button', { name: en.saveMyPlace }).tap();
    await page.getByText(en.keptPlace).waitFor();
    await isIn(page);
    await sounds(page);
    await onlooker.getByRole('button', { name: en.stepInside }).waitFor();
    await onlooker.getByText(en.doorsOpen).waitFor();
    assert.equal(await onlooker.getByRole('timer').count(), 0);
  });

  it('FP4 says the place in line and the time of the next look, and lets in by itself', async () => {
    await using slow = await startParty({ media: MUSIC_DIR, env: { ADMISSIONS_PER_S: '1' } });
    const page = await house.person(PHONE);
    {
      await using meanwhile = new AsyncDisposableStack();
      meanwhile.use(await lineUp(slow));
      await knock(page, slow.fanUrl, 'Patient');
      await page.getByRole('heading', { name: /^\d+(st|nd|rd|th) in line$/ }).waitFor();
    }
    await page.getByText(/Next look in \d+ seconds?/).waitFor();
    await page.getByLabel(en.saySomething).waitFor({ timeout: 80_000 });
    await page.goto('about:blank');
  });

  it('FP6 left: a page, and a way back', async () => {
    const page = await house.fan('Leaver');
    await sounds(page);
    await page.getByRole('button', { name: en.settings }).click();
    await page.getByRole('button', { name: en.leave }).click();
    await heading(page, en.leftTitle);
    await fallsSilent(page);
    await until('the seat is free', async () => (await fanIdOf('Leaver')) === undefined);
    assert.equal(await isQuiet(page), true);
    await page.getByRole('button', { name: en.comeBack }).click();
    await isIn(page);
    await sounds(page);
  });

  it('FP6 opened elsewhere: of four tabs the oldest makes room, and can take the room of the next', async () => {
    const oldest = await house.fan('Tabs');
    await sounds(oldest);
    const others: Page[] = [];
    for (let tab = 2; tab <= 4; tab += 1) {
      const page = await oldest.context().newPage();
      others.push(page);
      await page.goto(house.party.fanUrl);
      assert.equal(await page.getByLabel(en.nameLabel).inputValue(), 'Tabs', 'the name is remembered');
      await page.getByRole('button', { name: en.stepInside }).click();
      await isIn(page);
    }
    await heading(oldest, en.elsewhereTitle);
    await fallsSilent(oldest);
    await oldest.getByRole('button', { name: en.continueHere }).click();
    await isIn(oldest);
    await sounds(oldest);
    await heading(others[0] as Page, en.elsewhereTitle);
  });

  it('FP6 sent out: the reason, the moment, and a way back when it is over', async () => {
    const page = await house.fan('Noisy');
    await sounds(page);
    await house.owner.ask('kick', { fanId: await fanIdOf('Noisy'), forMs: 2_500, reason: 'Please calm down' });
    await heading(page, en.kickedTitle);
    await page.getByText(en.kickedBody).waitFor();
    await page.getByText(en.staffSay('Please calm down')).waitFor();
    assert.equal(await page.getByRole('button', { name: en.comeBack }).count(), 0, 'not yet');
    await fallsSilent(page);
    await page.getByRole('button', { name: en.comeBack }).click();
    await isIn(page);
    await sounds(page);
  });

  it('FP4 doors that a host closed: the page says so, keeps asking, and lets in by itself', async () => {
    await house.owner.ask('doors', { open: false });
    const page = await house.person();
    await knock(page, house.party.fanUrl, 'Late');
    await heading(page, en.doorsClosedTitle);
    await page.getByText(/Next look in \d+ seconds?/).waitFor();
    assert.equal(await fanIdOf('Late'), undefined, 'nobody of that name is in');
    await house.owner.ask('doors', { open: true });
    await page.getByLabel(en.saySomething).waitFor({ timeout: 60_000 });
    await sounds(page);
  });

  it('FP6 banned: at once, and at the door as well, until it is lifted', async () => {
    const page = await house.fan('Worse');
    const fanId = await fanIdOf('Worse');
    await house.owner.ask('ban', { fanId, forMs: null, scope: 'event', reason: 'Spam' });
    await heading(page, en.bannedTitle);
    await page.getByText(en.staffSay('Spam')).waitFor();
    await fallsSilent(page);
    assert.equal(await page.getByRole('button').count(), 0, 'no way back');
    await knock(page, house.party.fanUrl, 'Worse');
    await heading(page, en.bannedTitle);
    await house.owner.ask('unban', { fanId });
    await knock(page, house.party.fanUrl, 'Better');
    await isIn(page);
  });

  it('FP7 says that it reconnects while the music goes on, and misses nothing', async () => {
    await using wire = await severableProxy();
    const page = await house.person({ ...DESKTOP, proxy: { server: wire.server } });
    await enterAsFan(page, house.party.fanUrl, 'Far away');
    await sounds(page);
    await page.getByText(en.syncLocked).waitFor();
    await page.evaluate(() => {
      const element = document.querySelector('[data-front-row="audible"]') as HTMLMediaElement;
      Object.assign(window, { gaps: 0 });
      for (const gap of ['pause', 'seeking', 'emptied', 'waiting'])
        element.addEventListener(gap, () => Object.assign(window, { gaps: (window as unknown as { gaps: number }).gaps + 1 }));
    });
    wire.cut();
    await page.getByText(en.reconnecting).waitFor();
    const { lineId } = await house.owner.ask<{ lineId: string }>('say', { text: 'said while you were away' });
    const before = (await audible(page))?.atMs ?? Number.NaN;
    await until('the music goes on', async () => ((await audible(page))?.atMs ?? 0) > before + 1_000);
    assert.equal(await page.getByText(en.reconnecting).count(), 1);
    wire.mend();
    await page.getByText(en.reconnecting).waitFor({ state: 'detached', timeout: 15_000 });
    await lineWith(page, 'said while you were away').waitFor();
    assert.equal(await page.evaluate(() => (window as unknown as { gaps: number }).gaps), 0, 'without a gap');
    await house.owner.ask('delete-line', { lineId });
    await lineWith(page, 'said while you were away').waitFor({ state: 'detached' });
    await page.goto('about:blank');
  });

  it('FP7 keeps show and music for whoever comes back by the line, and says the place', async () => {
    await using slow = await startParty({ media: MUSIC_DIR, env: { ADMISSIONS_PER_S: '1' } });
    await using wire = await severableProxy();
    const page = await house.person({ ...DESKTOP, proxy: { server: wire.server } });
    await enterAsFan(page, slow.fanUrl, 'Far away');
    await sounds(page);
    {
      await using meanwhile = new AsyncDisposableStack();
      meanwhile.use(await lineUp(slow));
      wire.cut();
      await page.getByText(en.reconnectingSilent).waitFor();
      wire.mend();
      await page.getByText(/^Reconnecting, \d+(st|nd|rd|th) in line/).waitFor();
      const before = (await audible(page))?.atMs ?? Number.NaN;
      await until('the music goes on', async () => ((await audible(page))?.atMs ?? 0) > before + 500);
    }
    await page.goto('about:blank');
  });

  it('FP8 keeps volume, mute and nudge on the device, and says how close it is', async () => {
    const page = await house.fan('Keeper');
    await page.getByText(en.syncLocked).waitFor();
    await page.getByText(/^\d+ ms from the crowd$/).waitFor({ state: 'attached' });
    await page.getByRole('slider', { name: en.volume }).fill('0.4');
    await page.getByRole('button', { name: en.mute, exact: true }).click();
    await page.getByRole('button', { name: en.settings }).click();
    await page.getByRole('slider', { name: en.nudgeTitle }).fill('120');
    await page.getByText(en.nudgeValue(120)).waitFor();
    await knock(page, house.party.fanUrl, 'Keeper');
    await isIn(page);
    assert.equal(await page.getByRole('slider', { name: en.volume }).inputValue(), '0.4');
    await page.getByRole('button', { name: en.unmute }).waitFor();
    const level = () =>
      page.evaluate(() => {
        const element = document.querySelector<HTMLMediaElement>('[data-front-row="audible"]');
        return element && { muted: element.muted || element.volume === 0, volume: element.volume };
      });
    await until('it is silent', async () => (await level())?.muted === true);
    await page.getByRole('button', { name: en.unmute }).click();
    await until('it sounds as quietly as before', async () => {
      const now = await level();
      return now !== null && !now.muted && Math.abs(now.volume - 0.4) < 0.01;
    });
    await page.getByRole('button', { name: en.settings }).click();
    await page.getByText(en.nudgeValue(120)).waitFor();
  });

  it('FP6 ended: good night, what was heard, and no way back', async () => {
    const page = await house.fan('Last', PHONE);
    await sounds(page);
    await house.owner.ask('end', {});
    await heading(page, en.endedTitle);
    await fallsSilent(page);
    await page.getByRole('region', { name: en.endedPlayed }).getByText('frontiers').waitFor();
    await page.reload();
    await heading(page, en.endedTitle);
    assert.equal(await page.getByRole('button').count(), 0);
  });
});

/** Books the running demo's show once more, under another name and for a later hour. */
async function bookFor(dataDir: string, slug: string, doorsAtMs: number): Promise<void> {
  await bookAt(dataDir, async (events) => {
    const demo = await events.eventBySlug(Slug.parse('demo'));
    if (demo === null) throw new Error('the demo is not booked');
    await events.saveEvent({ ...demo, id: eventId(3), slug: Slug.parse(slug), doorsAtMs, state: 'before' });
  });
}
