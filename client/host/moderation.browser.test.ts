/** A moderator keeps the room: lines, people, rules, and what the console knows of them. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { lineWith } from '../../tests/support/fan-page.ts';
import { openHouse, type PartyHouse } from '../../tests/support/party-house.ts';
import { MUSIC_DIR } from '../../tests/support/system-packages.ts';
import { until } from '../../tests/support/until.ts';
import { en } from '../i18n/en.ts';
import { hostEn } from '../i18n/host-en.ts';

describe('moderation, from the console in Chromium', function () {
  this.timeout(60_000);
  let house: PartyHouse;
  let host: Page;
  let fan: Page;

  before(async () => {
    // Small sections, so that there are several to find a fan in; and doors wide open, for the search of a marked seat.
    house = await openHouse({ media: MUSIC_DIR, env: { SECTION_SEATS: '40', ADMISSIONS_PER_S: '5000' } });
    [host, fan] = await Promise.all([house.console('Juno', 'host'), house.fan('Ada')]);
  });
  after(async () => {
    await house?.sendHome();
    await house?.close();
  });

  const tab = (name: keyof typeof hostEn.tabs) => host.getByRole('tab', { name: hostEn.tabs[name] }).click();
  const choose = (group: string, option: string) =>
    host.getByRole('group', { name: group }).getByRole('button', { name: option, exact: true }).click();
  const onHost = (text: string) => host.locator('.host-chat').getByText(text, { exact: true });

  it('HC5 answers, pins and deletes a line, everywhere', async () => {
    const rude = await house.stranger('Rude');
    await rude.ask('chat', { key: '1', text: 'when does side B start?' });
    await onHost('when does side B start?').waitFor();
    await host.getByRole('button', { name: hostEn.reply('Rude') }).click();
    await host.getByLabel(hostEn.sayHint).fill('in a minute');
    await host.keyboard.press('Enter');
    await host.getByLabel(hostEn.sayHint).fill('or in two');
    await fan.getByRole('listitem').filter({ hasText: 'in a minute' }).getByText('Rude: when does side B start?').waitFor();
    assert.equal(await host.getByLabel(hostEn.sayHint).inputValue(), 'or in two', 'HC13 what is typed meanwhile stays');

    await host.getByRole('button', { name: hostEn.pinLine('Juno') }).click();
    await fan.getByRole('complementary', { name: en.pinned }).getByText('in a minute').waitFor();
    await tab('room');
    await host.getByRole('button', { name: hostEn.unpin }).click();
    await fan.getByRole('complementary', { name: en.pinned }).waitFor({ state: 'detached' });

    await host.getByRole('button', { name: hostEn.deleteLine('Rude') }).click();
    await lineWith(fan, 'when does side B start?').waitFor({ state: 'detached' });
    await onHost('when does side B start?').waitFor({ state: 'detached' });
  });

  it('HC5 HC6 mutes with a length and a reason, shows what holds, and takes it back', async () => {
    const loud = await house.stranger('Loud');
    await loud.ask('chat', { key: '1', text: 'hello hello' });
    await host.getByRole('button', { name: hostEn.aboutFan('Loud') }).click();
    const card = host.getByRole('article', { name: 'Loud' });
    await card.getByText('hello hello').waitFor();
    assert.ok(await card.getByRole('button', { name: hostEn.ban }).isDisabled(), 'a ban needs a reason');
    await card.getByRole('button', { name: hostEn.durations.hour }).click();
    await card.getByLabel(hostEn.reason).fill('Shouting');
    await card.getByRole('button', { name: hostEn.mute }).click();
    await card.getByText(hostEn.sanctions.mute).waitFor();
    await card.getByText('Shouting').waitFor();
    await assert.rejects(loud.ask('chat', { key: '2', text: 'still here' }));
    await host.getByRole('button', { name: hostEn.undo }).click();
    await card.getByText(hostEn.sanctions.mute).waitFor({ state: 'detached' });
    await until('the voice is back', async () => {
      return loud.ask('chat', { key: '3', text: 'and back again' }).then(
        () => true,
        () => false,
      );
    });
    await onHost('and back again').waitFor();

    await card.getByRole('button', { name: hostEn.purge }).click();
    await host.getByRole('dialog').getByText(hostEn.purgeBody('Loud')).waitFor();
    await host.getByRole('dialog').getByRole('button', { name: hostEn.purge }).click();
    for (const text of ['hello hello', 'and back again']) {
      await lineWith(fan, text).waitFor({ state: 'detached' });
      await onHost(text).waitFor({ state: 'detached' });
    }
    await tab('log');
    await host.locator('.log-entry').filter({ hasText: 'mute' }).getByText('Shouting').first().waitFor();
  });

  it('HC5 finds a fan in another section, reads what they said, bans them, and lifts it', async () => {
    // A name of its own each time this is tried, since everybody stays.
    const name = `Far ${performance.now().toFixed(0)}`;
    await Promise.all(Array.from({ length: 59 }, (_, n) => house.stranger(`Guest ${n}`)));
    const far = await house.stranger(name);
    await far.ask('chat', { key: '1', text: 'from the balcony' });
    // What was said in another process is in the journal of all half a second later.
    await until('the stage reads it', async () => {
      const { lines } = await house.owner.ask<{ lines: readonly unknown[] }>('history', { fanId: far.fan.id, limit: 5 });
      // Not so often that it is refused as haste.
      if (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 200));
      return lines.length > 0;
    });
    await tab('fan');
    await host.getByLabel(hostEn.findFan).fill(name.toLowerCase());
    await host.getByRole('button', { name: hostEn.find, exact: true }).click();
    await host.getByRole('button', { name: new RegExp(`^${name}\\s*in `) }).click();
    const card = host.getByRole('article', { name });
    await card.getByText('from the balcony').waitFor();
    await card.getByLabel(hostEn.reason).fill('Spam');
    await card.getByRole('button', { name: hostEn.ban }).click();
    assert.equal(await far.closed, 4_200);
    await card.getByText(hostEn.sanctions.ban).waitFor();
    await card.getByRole('button', { name: hostEn.lift }).click();
    await card.getByText(hostEn.sanctions.ban).waitFor({ state: 'detached' });
    await host.getByLabel(hostEn.findFan).fill('nobody at all');
    await host.getByRole('button', { name: hostEn.find, exact: true }).click();
    await host.getByText(hostEn.foundNone).waitFor();
  });

  it('HC11 shows what fans report, the most reported first, and keeps it while the room talks on', async () => {
    const [rude, cleo] = [await house.stranger('Seller'), await house.stranger('Cleo')];
    await rude.ask('chat', { key: '1', text: 'cheap tickets here' });
    await lineWith(fan, 'cheap tickets here').hover();
    await fan.getByRole('button', { name: `${en.report}: Seller` }).click();
    await fan.getByRole('button', { name: en.reportReasons.spam }).click();
    await fan.getByText(en.reportThanks).waitFor();
    await fan.keyboard.press('Escape');
    await host.getByText(hostEn.issues.reports(1)).waitFor();
    const { id } = await cleo.ask<{ id: string }>('chat', { key: '1', text: 'mild nonsense' });
    // Who reports has read it; the other may sit in another process.
    await until('the line is there', () => [...rude.room.state.lines].some((line) => line.id === id));
    await rude.ask('report', { lineId: id, reason: 'hm' });
    await tab('reports');
    const reports = host.getByRole('tabpanel').getByRole('listitem');
    await reports
      .filter({ hasText: 'cheap tickets here' })
      .getByText(`${hostEn.reportedBy(1)}: ${en.reportReasons.spam}`)
      .waitFor();
    await host
      .getByRole('tabpanel')
      .getByRole('button', { name: hostEn.deleteLine('Seller') })
      .click();
    await lineWith(fan, 'cheap tickets here').waitFor({ state: 'detached' });
    await host.getByText(hostEn.issues.reports(1)).waitFor();
    assert.equal(await reports.count(), 1);
  });

  it('HC5 sets the rules of the room, and fans read them', async () => {
    await tab('room');
    await choose(hostEn.chatMode, hostEn.chatModes.staff);
    await fan.getByText(en.modeStaff).waitFor();
    await choose(hostEn.chatMode, hostEn.chatModes.open);
    await choose(hostEn.slowMode, hostEn.every(15));
    await fan.getByText(en.slowMode(15)).waitFor();
    await choose(hostEn.slowMode, hostEn.slowModes.off);
    await choose(hostEn.links, hostEn.linkModes.staff);
    await fan.getByText(en.linksOff).waitFor();
    await choose(hostEn.links, hostEn.linkModes.everyone);
    await choose(hostEn.doors, hostEn.doorStates.closed);
    await host.getByText(hostEn.issues.doorsClosed).waitFor();
    await choose(hostEn.doors, hostEn.doorStates.open);
    await host.getByRole('textbox', { name: hostEn.announcement }).fill('Vinyl at midnight');
    await host.getByRole('button', { name: hostEn.announce }).click();
    await fan.getByText('Vinyl at midnight').waitFor();
    await host.getByRole('button', { name: hostEn.clear }).click();
    await fan.getByText('Vinyl at midnight').waitFor({ state: 'detached' });
    await host.getByRole('button', { name: hostEn.clearChat }).click();
    await host.getByRole('dialog').getByRole('button', { name: hostEn.clearChat }).click();
    await fan.getByText(en.quiet).waitFor();
  });

  it('HC8 draws audience, lines and reactions from the journal, and says their figures', async () => {
    await fan
      .getByRole('button', { name: /^React with 🔥|🔥/u })
      .first()
      .click();
    await tab('pulse');
    for (const name of [hostEn.audience, hostEn.messages, hostEn.reactions]) {
      const chart = host.getByRole('img', { name: new RegExp(`^${name}: now \\d+, peak [1-9]`) });
      await chart.waitFor({ timeout: 25_000 });
      assert.match((await chart.locator('path').first().getAttribute('d')) ?? '', /^M/);
    }
  });

  it('HC8 shows how far out of step the crowd is, as the marked seats report it', async () => {
    const marked = await house.person();
    await marked.route('**/tickets', async (route) => {
      // One ticket in a hundred is marked: the doors are asked until they give such a one.
      for (;;) {
        const reply = await fetch(route.request().url(), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: route.request().postData() ?? '',
        });
        const body = await reply.text();
        if ((JSON.parse(body) as { marked?: boolean }).marked !== true) continue;
        return route.fulfill({ status: reply.status, contentType: 'application/json', body });
      }
    });
    await marked.goto(house.party.fanUrl);
    await marked.getByLabel(en.nameLabel).fill('Marked');
    await marked.getByRole('button', { name: en.stepInside }).click();
    await marked.getByText(en.syncLocked).waitFor({ timeout: 30_000 });
    // A page that comes back asks for the time at once, and carries its error along.
    await until('the stage has heard of it', async () => {
      await marked.evaluate(() => window.dispatchEvent(new Event('online')));
      return /^\d+ ms$/.test(
        (await host.locator('.figure').filter({ hasText: hostEn.sync95 }).locator('dd').textContent()) ?? '',
      );
    });
    await tab('pulse');
    await host.getByRole('img', { name: new RegExp(`^${hostEn.crowdSync}: now \\d+ ms`) }).waitFor();
  });
});
