/** The chat as its readers and writers find it, on real pages in front of a real server. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { lineWith, say } from '../../tests/support/fan-page.ts';
import { openHouse, type PartyHouse, PHONE } from '../../tests/support/party-house.ts';
import { until } from '../../tests/support/until.ts';
import { en } from '../i18n/en.ts';

const LONG = 'a line that is long enough to wrap a few times in a narrow column, '.repeat(4);

describe('the chat, in Chromium', function () {
  this.timeout(60_000);
  let house: PartyHouse;
  let ada: Page;
  let ben: Page;

  before(async () => {
    house = await openHouse();
    [ada, ben] = await Promise.all([house.fan('Ada'), house.fan('Ben', PHONE)]);
  });
  afterEach(async () => {
    await house.owner.ask('chat-mode', { mode: 'open' });
    await house.owner.ask('slow-mode', { everyMs: 0 });
    await house.owner.ask('links', { allow: 'everyone' });
    await house.owner.ask('clear-announcement', {});
    await house.owner.ask('unpin', {});
    await house.owner.ask('clear-chat', {});
    for (const page of [ada, ben]) await page.getByText(en.quiet).waitFor();
  });
  after(async () => {
    await house?.sendHome();
    await house?.close();
  });

  const topOf = async (page: Page, text: string) => (await lineWith(page, text).boundingBox())?.y ?? Number.NaN;
  const isInSight = (page: Page, text: string) =>
    lineWith(page, text).evaluate((line) => {
      const [own, list] = [line.getBoundingClientRect(), line.closest('ol')?.getBoundingClientRect()];
      return list !== undefined && own.top >= list.top && own.bottom <= list.bottom;
    });

  /** The text of the first line that is wholly in sight, once the list has come to rest. */
  const restingLine = async (page: Page): Promise<string> => {
    const first = () =>
      page.evaluate(async () => {
        await new Promise(requestAnimationFrame);
        const list = document.querySelector('.lines') as HTMLElement;
        const top = list.getBoundingClientRect().top;
        const line = [...list.querySelectorAll('.line-text')].find((text) => text.getBoundingClientRect().top >= top);
        return { text: line?.textContent ?? '', scrolledPx: list.scrollTop };
      });
    let last = await first();
    await until('the wheel has come to rest', async () => {
      const before = last;
      last = await first();
      return before.scrolledPx === last.scrolledPx;
    });
    return last.text;
  };

  it('FP13 counts slow mode down on the button, and then sends again', async () => {
    await house.owner.ask('slow-mode', { everyMs: 4_000 });
    await ada.getByText(en.slowMode(4)).waitFor();
    await say(ada, 'the first');
    const button = ada.getByRole('button', { name: new RegExp(`^${en.send}, \\d s$`) });
    const shownS = async () => Number(/(\d) s$/.exec((await button.getAttribute('aria-label')) ?? '')?.[1]);
    const atFirst = await shownS();
    await ada.getByLabel(en.saySomething).fill('the second');
    await ada.keyboard.press('Enter');
    assert.equal(await ada.getByLabel(en.saySomething).inputValue(), 'the second', 'what cannot be sent yet stays');
    await until('it counts down', async () => (await shownS()) < atFirst);
    await ada.getByRole('button', { name: en.send, exact: true }).click();
    await lineWith(ben, 'the second').waitFor();
    assert.equal(await ada.getByText(en.notSent).count(), 0);
  });

  it('FP10 FP11 holds still while a reader looks back, counts what is new, and leads to it', async () => {
    for (let n = 1; n <= 14; n += 1) await house.owner.ask('say', { text: `${n} ${LONG}` });
    await lineWith(ada, `14 ${LONG}`.trim()).waitFor();
    assert.ok(await isInSight(ada, `14 ${LONG}`.trim()), 'the end is followed');

    await lineWith(ada, `13 ${LONG}`.trim()).hover();
    await ada.mouse.wheel(0, -900);
    await ada.getByRole('button', { name: en.jumpToNew }).waitFor();
    const eyes = await restingLine(ada);
    const before = await topOf(ada, eyes);
    await house.owner.ask('say', { text: 'one more' });
    await house.owner.ask('say', { text: 'and another' });
    await ada.getByRole('button', { name: en.newLines(2) }).waitFor();
    await house.owner.ask('announce', { text: 'Side B in a minute' });
    await ada.getByText('Side B in a minute').waitFor();
    const movedPx = Math.abs((await topOf(ada, eyes)) - before);
    assert.ok(movedPx < 1, `neither lines nor an announcement move what is read: ${movedPx} px`);

    await ada.getByRole('button', { name: en.newLines(2) }).click();
    await until('the end is in sight', () => isInSight(ada, 'and another'));
    await ada.getByRole('button', { name: en.newLines(2) }).waitFor({ state: 'detached' });
    await ada.getByRole('button', { name: en.dismiss }).click();
    await until('the end stays in sight', () => isInSight(ada, 'and another'));
  });

  it('FP14 answers a line, which everyone sees quoted; with a finger too', async () => {
    await say(ada, 'who saw them in Lisbon?');
    await lineWith(ben, 'who saw them in Lisbon?').tap();
    await ben.getByRole('button', { name: `${en.reply}: Ada` }).tap();
    await ben.getByText(en.replyingTo('Ada')).waitFor();
    await say(ben, 'me, twice');
    const answer = ada.getByRole('listitem').filter({ hasText: 'me, twice' });
    await answer.getByText('Ada: who saw them in Lisbon?').waitFor();
    assert.equal(await ben.getByText(en.replyingTo('Ada')).count(), 0);
  });

  it('FP16 keeps a refused line with its reason, sends it again or forgets it', async () => {
    await house.owner.ask('links', { allow: 'staff' });
    await ada.getByText(en.linksOff).waitFor();
    await say(ada, 'see https://example.com/tour');
    const refused = ada.getByRole('listitem').filter({ hasText: en.notSent });
    await refused.getByText(/link/i).first().waitFor();
    assert.equal(await ben.getByText('example.com/tour').count(), 0);

    await house.owner.ask('links', { allow: 'everyone' });
    await ada.getByText(en.linksOff).waitFor({ state: 'detached' });
    await refused.getByRole('button', { name: en.retry }).click();
    await ben.getByRole('link', { name: 'https://example.com/tour' }).waitFor();
    await refused.waitFor({ state: 'detached' });

    await say(ada, 'twice is once too often');
    await lineWith(ben, 'twice is once too often').waitFor();
    await say(ada, 'twice is once too often');
    await refused.getByRole('button', { name: en.discard }).click();
    await refused.waitFor({ state: 'detached' });
    assert.equal(await lineWith(ada, 'twice is once too often').count(), 1);
  });

  it('FP17 says who may write now, and lets nobody type in vain', async () => {
    for (const [mode, words] of [
      ['staff', en.modeStaff],
      ['closed', en.modeClosed],
    ] as const) {
      await house.owner.ask('chat-mode', { mode });
      await ada.getByText(words).waitFor();
      assert.ok(await ada.getByLabel(en.saySomething).isDisabled());
    }
    await house.owner.ask('chat-mode', { mode: 'emoji' });
    await ada.getByText(en.modeEmoji).waitFor();
    await say(ada, 'words');
    await ada.getByRole('button', { name: en.discard }).click();
    await say(ada, '🔥🔥');
    await lineWith(ada, '🔥🔥').waitFor();
    await house.owner.ask('chat-mode', { mode: 'open' });
    await ada.getByText(en.modeEmoji).waitFor({ state: 'detached' });
  });

  it('FP17 says that the house is full, once more is said than can be read', async () => {
    const crowd = await Promise.all(Array.from({ length: 14 }, (_, n) => house.stranger(`Loud ${n}`)));
    const shouts = crowd.flatMap((fan, f) =>
      Array.from({ length: 5 }, (_, n) => fan.ask('chat', { key: `k${n}`, text: `number ${f} says ${n}` })),
    );
    await Promise.all(shouts);
    await ada.getByText(en.modeCrowded).waitFor();
  });

  it('FP17 shows the pinned line and the announcement to all; whoever dismisses one is shown the next', async () => {
    const { lineId } = await house.owner.ask<{ lineId: string }>('say', { text: 'be kind tonight' });
    await house.owner.ask('pin', { lineId });
    await house.owner.ask('announce', { text: 'Vinyl at midnight' });
    for (const page of [ada, ben]) {
      await page.getByRole('complementary', { name: en.pinned }).getByText('be kind tonight').waitFor();
      await page.getByText('Vinyl at midnight').waitFor();
    }
    await ben.getByRole('button', { name: en.dismiss }).tap();
    await ben.getByText('Vinyl at midnight').waitFor({ state: 'detached' });
    await house.owner.ask('announce', { text: 'Sold out' });
    for (const page of [ada, ben]) await page.getByText('Sold out').waitFor();
    await house.owner.ask('delete-line', { lineId });
    for (const page of [ada, ben]) await page.getByRole('complementary', { name: en.pinned }).waitFor({ state: 'detached' });
    await house.owner.ask('clear-announcement', {});
    for (const page of [ada, ben]) await page.getByText('Sold out').waitFor({ state: 'detached' });
  });

  it('FP18 takes removed lines away from every page, quotes included', async () => {
    const rude = await house.stranger('Rude');
    const { id } = await rude.ask<{ id: string }>('chat', { key: 'a', text: 'half price tickets' });
    await rude.ask('chat', { key: 'b', text: 'write to me now' });
    await rude.ask('chat', { key: 'c', text: 'last chance' });
    for (const page of [ada, ben]) await lineWith(page, 'last chance').waitFor();
    await lineWith(ben, 'half price tickets').hover();
    await ben.getByRole('button', { name: `${en.reply}: Rude` }).click();
    await say(ben, 'no thanks');
    await ada.getByText('Rude: half price tickets').waitFor();

    await house.owner.ask('delete-line', { lineId: id });
    for (const page of [ada, ben]) {
      await lineWith(page, 'half price tickets').waitFor({ state: 'detached' });
      await page.getByText(en.goneLine).waitFor();
      assert.equal(await lineWith(page, 'last chance').count(), 1);
    }
    await house.owner.ask('purge', { fanId: rude.fan.id });
    for (const page of [ada, ben]) {
      await lineWith(page, 'last chance').waitFor({ state: 'detached' });
      await lineWith(page, 'write to me now').waitFor({ state: 'detached' });
      assert.equal(await lineWith(page, 'no thanks').count(), 1);
    }
    await house.owner.ask('clear-chat', {});
    for (const page of [ada, ben]) await page.getByText(en.quiet).waitFor();
  });

  it('FP18 points staff to a line, in two taps', async () => {
    const rude = await house.stranger('Rude');
    await rude.ask('chat', { key: 'a', text: 'something mean' });
    await lineWith(ada, 'something mean').hover();
    await ada.getByRole('button', { name: `${en.report}: Rude` }).click();
    await ada.getByRole('button', { name: en.reportReasons.abuse }).click();
    await ada.getByText(en.reportThanks).waitFor();
    await ada.keyboard.press('Escape');
    await ada.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('FP20 FP21 speaks new lines at a pace that a listener can follow, and counts the rest', async () => {
    await ada.evaluate(() => {
      const heard: { text: string; atMs: number }[] = [];
      const voice = document.querySelector('.chat > .sr-only[role=status]') as HTMLElement;
      new MutationObserver(() => heard.push({ text: voice.textContent ?? '', atMs: performance.now() })).observe(voice, {
        childList: true,
        characterData: true,
        subtree: true,
      });
      Object.assign(window, { heard });
    });
    const heard = () => ada.evaluate(() => (window as unknown as { heard: { text: string; atMs: number }[] }).heard);
    const wes = await house.stranger('Wes');
    await wes.ask('chat', { key: '0', text: 'good evening' });
    await until('the first line is spoken', async () => (await heard()).length > 0);
    for (const n of [1, 2, 3, 4]) await wes.ask('chat', { key: `${n}`, text: `line ${n}` });
    await house.owner.ask('say', { text: 'welcome all' });
    const { lineId } = await house.owner.ask<{ lineId: string }>('say', { text: 'a slip of the tongue' });
    await lineWith(ada, 'a slip of the tongue').waitFor();
    await house.owner.ask('delete-line', { lineId });
    await until('the rest is spoken', async () => (await heard()).length > 1);
    const [first, second, ...more] = await heard();
    assert.equal(first?.text, en.announceLine('Wes', 'good evening'));
    assert.match(second?.text ?? '', /welcome all/);
    assert.doesNotMatch(second?.text ?? '', /slip/, 'what is gone is not spoken');
    assert.match(second?.text ?? '', new RegExp(en.announceMore(4)));
    assert.ok((second?.atMs ?? 0) - (first?.atMs ?? 0) >= 5_900, 'six seconds are between two announcements');
    assert.deepEqual(more, []);

    await ada.getByRole('button', { name: en.settings }).click();
    await ada.getByRole('switch', { name: new RegExp(en.speakChat) }).click();
    await ada.keyboard.press('Escape');
    await wes.ask('chat', { key: '9', text: 'anybody there' });
    await lineWith(ada, 'anybody there').waitFor();
    assert.equal((await heard()).length, 2);
  });
});
