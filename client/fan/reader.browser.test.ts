/** The chat as one reader has it: where their keyboard is, what is meant for them, and whom they do not want to read. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { violationsOn } from '../../tests/support/accessibility.ts';
import { lineWith, say } from '../../tests/support/fan-page.ts';
import { focusedName, openHouse, type PartyHouse } from '../../tests/support/party-house.ts';
import type { Stranger } from '../../tests/support/stranger.ts';
import { until } from '../../tests/support/until.ts';
import { en } from '../i18n/en.ts';

const LONG = 'a line that is long enough to wrap a few times in a narrow column, '.repeat(4);

describe('the chat of one reader, in Chromium', function () {
  this.timeout(60_000);
  let house: PartyHouse;
  let ada: Page;
  let rude: Stranger;

  before(async () => {
    house = await openHouse();
    [ada, rude] = await Promise.all([house.fan('Ada'), house.stranger('Rude')]);
  });
  afterEach(async () => {
    await house.owner.ask('slow-mode', { everyMs: 0 });
    await house.owner.ask('clear-chat', {});
    await ada.getByText(en.quiet).waitFor();
  });
  after(async () => {
    await house?.sendHome();
    await house?.close();
  });

  let said = 0;
  const rudeSays = (text: string, replyTo?: string) =>
    rude.ask<{ id: string }>('chat', { key: `k${(said += 1)}`, text, ...(replyTo === undefined ? {} : { replyTo }) });
  const line = (text: string) => ada.getByRole('listitem').filter({ has: lineWith(ada, text) });
  const topOf = async (text: string) => (await lineWith(ada, text).boundingBox())?.y ?? Number.NaN;
  const endPx = () =>
    ada.locator('.lines').evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);

  /** Onto the last line, or onto its actions. */
  const tabIntoLines = async () => {
    // A line under the mouse would be the active one, and come first.
    await ada.mouse.move(1, 1);
    await ada.getByLabel(en.saySomething).focus();
    await ada.keyboard.press('Shift+Tab');
  };

  it('FP10 keeps the line that the keyboard is on where it is, and follows again once it has gone elsewhere', async () => {
    for (let n = 1; n <= 8; n += 1) await house.owner.ask('say', { text: `${n} ${LONG}` });
    const last = `8 ${LONG}`.trim();
    await lineWith(ada, last).waitFor();
    await tabIntoLines();
    await until('the keyboard is on the last line', () => line(last).evaluate((row) => row.contains(document.activeElement)));
    await ada.getByRole('button', { name: `${en.reply}: Owner` }).waitFor();
    assert.equal(await ada.getByRole('button', { name: en.jumpToNew }).count(), 0, 'nothing is new yet');
    const before = await topOf(last);
    await house.owner.ask('say', { text: 'one more' });
    await house.owner.ask('say', { text: 'and another' });
    await ada.getByRole('button', { name: en.newLines(2) }).waitFor();
    assert.ok(Math.abs((await topOf(last)) - before) < 1);

    await ada.getByLabel(en.saySomething).focus();
    await ada.getByRole('button', { name: en.newLines(2) }).waitFor({ state: 'detached' });
    await until('the end is followed', async () => (await endPx()) <= 1);
  });

  it('FP10 follows again when the line that the keyboard was on is taken away', async () => {
    const { lineId } = await house.owner.ask<{ lineId: string }>('say', { text: 'a slip' });
    await lineWith(ada, 'a slip').waitFor();
    await tabIntoLines();
    await until('the keyboard is on it', () => line('a slip').evaluate((row) => row.contains(document.activeElement)));
    await house.owner.ask('delete-line', { lineId });
    await lineWith(ada, 'a slip').waitFor({ state: 'detached' });
    for (let n = 1; n <= 6; n += 1) await house.owner.ask('say', { text: `${n} ${LONG}` });
    await lineWith(ada, `6 ${LONG}`.trim()).waitFor();
    await until('the end is followed', async () => (await endPx()) <= 1);
  });

  it('FP17 tells screen readers what is special now, in a place that was there before', async () => {
    const notes = ada.locator('.chat-notes');
    assert.equal(await notes.textContent(), '');
    await notes.evaluate((region) => Object.assign(region, { before: true }));
    await house.owner.ask('slow-mode', { everyMs: 5_000 });
    await ada.getByText(en.slowMode(5)).waitFor();
    assert.ok(await notes.evaluate((region) => 'before' in region && region.getAttribute('role') === 'status'));
  });

  it('FP35 makes answers to the reader and mentions of them stand out', async () => {
    await say(ada, 'who was in Lisbon?');
    await until('it is said', async () => [...rude.room.state.lines].some(({ text }) => text === 'who was in Lisbon?'));
    const asked = [...rude.room.state.lines].find(({ text }) => text === 'who was in Lisbon?');
    await rudeSays('me, twice', asked?.id);
    await rudeSays('ada was there too');
    await rudeSays('Canada, I mean');
    await line('Canada, I mean').waitFor();
    const standsOut = async (text: string) =>
      [
        (await line(text).getAttribute('class'))?.includes('line-for-me'),
        await line(text).getByText(`${en.forYou}:`).count(),
      ] as const;
    assert.deepEqual(await standsOut('me, twice'), [true, 1]);
    assert.deepEqual(await standsOut('ada was there too'), [true, 1]);
    assert.deepEqual(await standsOut('Canada, I mean'), [false, 0]);
    assert.deepEqual(await standsOut('who was in Lisbon?'), [false, 0], 'their own line does not');
  });

  it('FP36 HO9 hides a fan’s lines for one reader, by keyboard too, with a way back at once and later', async () => {
    const ben = await house.fan('Ben');
    await rudeSays('you are all wrong');
    const hide = ada.getByRole('button', { name: `${en.hide}: Rude` });
    await lineWith(ada, 'you are all wrong').waitFor();
    await tabIntoLines();
    await hide.focus();
    await ada.keyboard.press('Enter');
    await lineWith(ada, 'you are all wrong').waitFor({ state: 'detached' });
    await ada.getByText(en.hidden('Rude')).waitFor();
    assert.deepEqual(await violationsOn(ada), []);
    await until('the focus is on the way back', async () => (await focusedName(ada)) === en.undo);
    await ada.keyboard.press('Enter');
    await lineWith(ada, 'you are all wrong').waitFor();

    await lineWith(ada, 'you are all wrong').hover();
    await hide.click();
    await ada.getByRole('button', { name: en.dismiss }).click();
    await ada.getByText(en.hidden('Rude')).waitFor({ state: 'detached' });
    await rudeSays('especially Ada');
    await lineWith(ben, 'especially Ada').waitFor();
    await lineWith(ben, 'you are all wrong').hover();
    await ben.getByRole('button', { name: `${en.reply}: Rude` }).click();
    await say(ben, 'says who?');
    await line('says who?').getByText(en.hiddenLine).waitFor();
    assert.equal(await lineWith(ada, 'especially Ada').count(), 0);

    await ada.reload();
    await ada.getByRole('button', { name: en.stepInside }).click();
    await lineWith(ada, 'says who?').waitFor();
    assert.equal(await lineWith(ada, 'you are all wrong').count(), 0, 'the choice is kept');
    await ada.getByRole('button', { name: en.settings }).click();
    await ada.getByRole('button', { name: en.showAgain('Rude') }).waitFor();
    assert.deepEqual(await violationsOn(ada), []);
    await ada.getByRole('button', { name: en.showAgain('Rude') }).click();
    await ada.getByRole('group', { name: en.hiddenPeople }).waitFor({ state: 'detached' });
    await ada.keyboard.press('Escape');
    await lineWith(ada, 'you are all wrong').waitFor();
  });
});
