/** The show itself: hands in the air, a keyboard alone, and nothing that jumps. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { enterAsFan, lineWith, say } from '../../tests/support/fan-page.ts';
import { DESKTOP, focusedName, openHouse, type PartyHouse, PHONE } from '../../tests/support/party-house.ts';
import { until } from '../../tests/support/until.ts';
import { en } from '../i18n/en.ts';

/** What Chromium calls good is 0.1; here nothing has a reason to move but lines, when another joins them. */
const SHIFT_MAX = 0.02;

describe('the show, in Chromium', function () {
  this.timeout(60_000);
  let house: PartyHouse;

  before(async () => {
    house = await openHouse();
  });
  afterEach(() => house.sendHome());
  after(() => house?.close());

  const total = async (page: Page, emoji: string) =>
    Number(
      await page
        .getByRole('button', { name: en.reactWith(emoji) })
        .locator('.reaction-total')
        .textContent(),
    );
  const isDrawn = (page: Page) =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas.sparks');
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels?.some((value) => value > 0) === true;
    });
  /** Counts what the canvas is asked to draw from now on. */
  const countFrames = (page: Page) =>
    page.evaluate(() => {
      const { clearRect } = CanvasRenderingContext2D.prototype;
      Object.assign(window, { frames: 0 });
      CanvasRenderingContext2D.prototype.clearRect = function (...area) {
        (window as unknown as { frames: number }).frames += 1;
        return clearRect.apply(this, area);
      };
    });
  const frames = (page: Page) => page.evaluate(() => (window as unknown as { frames: number }).frames);

  it('FP25 FP27 shows the reactions of others, and draws nothing once they have risen', async () => {
    const [page, still] = [await house.fan('Ada'), await house.fan('Stella', { ...DESKTOP, reducedMotion: 'reduce' })];
    await countFrames(page);
    await countFrames(still);
    const ben = await house.stranger('Ben');
    await ben.ask('react', { emoji: '🔥', count: 7 });
    await until('it is drawn', () => isDrawn(page));
    for (const seen of [page, still]) await until('it is counted', async () => (await total(seen, '🔥')) === 7);
    await until('all have risen', async () => !(await isDrawn(page)), 15_000);

    const [before, words] = [await frames(page), 'a line that makes the page draw itself'];
    assert.ok(before > 0);
    await ben.ask('chat', { key: 'a', text: words });
    for (const seen of [page, still]) await lineWith(seen, words).waitFor();
    assert.equal(await frames(page), before, 'no frame while nothing flies');
    assert.equal(await frames(still), 0, 'no frame for whoever wants none');
  });

  it('FP25 counts a tap once for everyone, and draws it at once', async () => {
    const [ada, ben] = [await house.fan('Ada'), await house.fan('Ben', PHONE)];
    const before = await total(ben, '👏');
    const clap = ada.getByRole('button', { name: en.reactWith('👏') });
    for (let n = 0; n < 3; n += 1) await clap.click();
    await until('it is drawn', () => isDrawn(ada));
    for (const page of [ada, ben]) await until('it is counted', async () => (await total(page, '👏')) === before + 3);
  });

  it('FP17 shows an announcement again that was dismissed, cleared and made once more', async () => {
    const page = await house.fan('Ada');
    const text = `Encore ${randomUUID().slice(0, 8)}`;
    const notice = page.locator('.notice').getByText(text);
    await house.owner.ask('announce', { text });
    await notice.waitFor();
    await page.getByRole('button', { name: en.dismiss, exact: true }).click();
    await notice.waitFor({ state: 'detached' });
    await house.owner.ask('clear-announcement', {});
    // The page has drawn that there is none once it shows what was said after it.
    await house.owner.ask('say', { text: `after ${text}` });
    await lineWith(page, `after ${text}`).waitFor();
    await house.owner.ask('announce', { text });
    await notice.waitFor();
    await house.owner.ask('clear-announcement', {});
  });

  it('FP8 tells those who do not see the page when its sound goes and comes, without figures', async () => {
    const page = await house.fan('Ada');
    const news = page.locator('.sound [role=status]');
    await news.getByText(en.soundNews.with).waitFor({ state: 'attached' });
    await page.evaluate(() => document.querySelector<HTMLMediaElement>('[data-front-row=audible]')?.pause());
    await news.getByText(en.soundNews.off).waitFor({ state: 'attached' });
    await page.getByRole('button', { name: en.tapForSound }).click();
    await news.getByText(en.soundNews.with).waitFor({ state: 'attached' });
    assert.equal(await page.locator('[role=status] .sync-ms, [aria-live] .sync-ms').count(), 0);
  });

  it('FP28 can be used from the first to the last control by keyboard alone', async () => {
    const page = await house.person();
    await page.goto(house.party.fanUrl);
    // The page asks what party this is before it asks for a name.
    await page.getByLabel(en.nameLabel).waitFor();
    const visible = () => page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle !== 'none');
    const tabTo = async (wanted: string, isIt = (name: string) => name === wanted) => {
      for (let stops = 0; stops < 25; stops += 1) {
        await page.keyboard.press('Tab');
        const focused = await focusedName(page);
        assert.ok(focused === '' || (await visible()), `one sees that ${focused} has the focus`);
        if (isIt(focused)) return;
      }
      assert.fail(`the tab key does not lead to ${wanted}`);
    };
    await tabTo(en.nameLabel);
    await page.keyboard.type('Kay');
    await page.keyboard.press('Enter');
    await page.getByLabel(en.saySomething).waitFor();
    await until('the new page has the focus', async () => (await focusedName(page)) === 'frontiers');

    // A second try finds what the first one said.
    const once = randomUUID().slice(0, 8);
    const [welcome, thanks] = [`welcome to side A ${once}`, `thank you ${once}`];
    await house.owner.ask('say', { text: welcome });
    await lineWith(page, welcome).waitFor();
    const order: string[] = [];
    for (;;) {
      await page.keyboard.press('Tab');
      const name = await focusedName(page);
      if (name === '' || order.length > 25) break;
      assert.ok(await visible(), `one sees that ${name} has the focus`);
      order.push(name);
    }
    const expected = [en.settings, en.mute, en.volume, en.setlist, '🔥', en.saySomething, en.send];
    const places = expected.map((name) => order.findIndex((stop) => stop === name || (name === '🔥' && stop.includes(name))));
    // From the heading the walk meets what follows it, then begins anew at the top.
    assert.ok(!places.slice(3).includes(-1), `${order.join(' | ')} lacks some of ${expected.join(' | ')}`);
    assert.deepEqual(
      places.slice(3),
      places.slice(3).toSorted((a, b) => a - b),
    );

    await tabTo(en.skipToChat);
    await page.keyboard.press('Enter');
    await until('the chat has the focus', () => page.evaluate(() => document.activeElement?.id === 'chat'));
    await tabTo(welcome, (name) => name.includes(welcome));
    await tabTo(`${en.reply}: Owner`);
    await page.keyboard.press('Enter');
    await until('the field has the focus', async () => (await focusedName(page)) === en.saySomething);
    await page.keyboard.type(thanks);
    await page.keyboard.press('Enter');
    await page.getByRole('listitem').filter({ hasText: thanks }).getByText(`Owner: ${welcome}`).waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('End');
    await until('the last line has the focus', async () => (await focusedName(page)).includes(thanks));
    await page.keyboard.press('ArrowUp');
    await until('the arrow led to the line before', async () => (await focusedName(page)).includes(welcome));

    await tabTo(en.settings);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(en.calmReactions, (name) => name.includes(en.calmReactions));
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await focusedName(page), en.settings, 'the focus is back where it came from');

    await tabTo(en.mute);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: en.unmute }).waitFor();
    const before = await total(page, '🔥');
    await tabTo('🔥', (name) => name.includes('🔥'));
    await page.keyboard.press('Enter');
    await until('it is counted', async () => (await total(page, '🔥')) === before + 1);
    assert.equal(await isDrawn(page), false, 'still reactions, as chosen');
  });

  for (const [name, screen] of [
    ['a desktop', DESKTOP],
    ['a phone', PHONE],
  ] as const) {
    it(`FP29 moves nothing under the eyes, on ${name}`, async () => {
      const page = await house.person(screen);
      await page.addInitScript(() => {
        const shifts: { value: number; who: string[] }[] = [];
        Object.assign(window, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const { value, hadRecentInput, sources } = entry as unknown as {
              value: number;
              hadRecentInput: boolean;
              sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
            };
            const who = sources.map(({ node, previousRect, currentRect }) => {
              const element = node instanceof Element ? node : node?.parentElement;
              return `${element?.className || element?.nodeName} ${previousRect.top} to ${currentRect.top}`;
            });
            const isChat = sources.every(({ node }) => node instanceof Element && node.matches('.line'));
            if (!hadRecentInput && !isChat) shifts.push({ value, who });
          }
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await enterAsFan(page, house.party.fanUrl, 'Ada');
      await page.getByText(en.syncLocked).waitFor();
      const ben = await house.stranger('Ben');
      for (const n of [1, 2, 3, 4, 5])
        await ben.ask('chat', { key: `${n}`, text: `${n} of five lines, some of which wrap`.repeat(n) });
      await say(page, 'and mine');
      const { lineId } = await house.owner.ask<{ lineId: string }>('say', { text: 'be kind tonight' });
      await house.owner.ask('announce', { text: 'The vinyl is in the shop from midnight, with a print for the first hundred' });
      await page.getByText(/first hundred/).waitFor();
      await house.owner.ask('pin', { lineId });
      await page.getByRole('complementary', { name: en.pinned }).waitFor();
      await house.owner.ask('slow-mode', { everyMs: 5_000 });
      await page.getByText(en.slowMode(5)).waitFor();
      await ben.ask('react', { emoji: '🔥', count: 20 });
      await until('it is drawn', () => isDrawn(page));
      await house.owner.ask('skip', {});
      await page.getByRole('heading', { name: 'machine wars' }).waitFor();
      await house.owner.ask('pause', {});
      await page.getByText(en.paused).waitFor();
      for (const [command, payload] of [
        ['play', {}],
        ['previous', {}],
        ['slow-mode', { everyMs: 0 }],
        ['clear-announcement', {}],
        ['unpin', {}],
        ['clear-chat', {}],
      ] as const)
        await house.owner.ask(command, payload);
      await page.getByText(en.quiet).waitFor();
      await page.getByText(en.paused).waitFor({ state: 'detached' });
      const shifts = await page.evaluate(() => (window as unknown as { shifts: { value: number; who: string[] }[] }).shifts);
      const sum = shifts.reduce((all, { value }) => all + value, 0);
      assert.ok(sum < SHIFT_MAX, `${sum}: ${JSON.stringify(shifts)}`);
    });
  }
});
