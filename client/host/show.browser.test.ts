/** A host runs the show from the console: what is pressed, dragged and typed there is what fans hear and see. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { violationsOn } from '../../tests/support/accessibility.ts';
import { audible } from '../../tests/support/fan-page.ts';
import { openHouse, type PartyHouse } from '../../tests/support/party-house.ts';
import { until } from '../../tests/support/until.ts';
import { en } from '../i18n/en.ts';
import { hostEn } from '../i18n/host-en.ts';
import { trackTime } from '../ui/format.ts';

describe('the show, from the console in Chromium', function () {
  this.timeout(60_000);
  let house: PartyHouse;
  let host: Page;
  let fan: Page;

  before(async () => {
    house = await openHouse();
    [host, fan] = await Promise.all([house.console('Juno', 'host'), house.fan('Ada')]);
    await host.getByRole('tab', { name: hostEn.tabs.log }).click();
  });
  after(async () => {
    await house?.sendHome();
    await house?.close();
  });

  const hostOrder = () => host.locator('.editor-track .editor-name').allTextContents();
  const fanOrder = async () =>
    (await fan.getByRole('list', { name: en.setlist }).locator('.setlist-name').allTextContents()).map((name) => name.trim());
  const bothShow = (order: readonly string[]) =>
    until(`both show ${order.join(', ')}`, async () => {
      return String(await hostOrder()) === String(order) && String(await fanOrder()) === String(order);
    });
  const scrub = () => host.getByRole('slider', { name: hostEn.position });
  /** How many of this command were carried out, by the stage's own log. */
  const logged = (command: string) =>
    host
      .locator('.log-entry')
      .filter({ has: host.getByText(command, { exact: true }) })
      .count();
  const heardMs = async () => (await audible(fan))?.atMs ?? Number.NaN;

  it('HC3 previews while the scrubber is dragged, seeks once when it is let go, and fans hear it', async () => {
    await until('the fan hears it', async () => (await heardMs()) > 0);
    const box = await scrub().boundingBox();
    assert.ok(box);
    const y = box.y + box.height / 2;
    await host.mouse.move(box.x + 3, y);
    await host.mouse.down();
    for (const share of [0.1, 0.25, 0.4, 0.5]) await host.mouse.move(box.x + box.width * share, y);
    const shown = await scrub().getAttribute('aria-valuetext');
    assert.match(shown ?? '', /^3:[34]\d$/, 'half of 7:20 is previewed');
    assert.equal(await logged('seek'), 0, 'nothing is sent while it moves');
    await host.mouse.up();
    await until('the fan hears the middle', async () => Math.abs((await heardMs()) - 222_000) < 15_000);
    await until('it is one command', async () => (await logged('seek')) === 1);
  });

  it('HC3 moves by a second with an arrow key', async () => {
    await host.getByRole('button', { name: hostEn.pause, exact: true }).click();
    await fan.getByText(en.paused).waitFor();
    await until('the cue has applied', async () => (await host.locator('.transport-wait').textContent()) === '');
    const before = Number(await scrub().inputValue());
    await scrub().focus();
    await host.keyboard.press('ArrowRight');
    await until('it has moved by a second', async () => {
      const by = Number(await scrub().inputValue()) - before;
      return by >= 500 && by <= 1_500 && (await logged('seek')) === 2;
    });
  });

  it('HC13 moves by as many seconds as an arrow key was pressed, however fast, and is refused nothing', async () => {
    const before = Number(await scrub().inputValue());
    for (let press = 0; press < 6; press += 1) await host.keyboard.press('ArrowRight');
    await fan.getByText(en.paused).waitFor();
    await until('it has moved by six', async () => Math.abs(Number(await scrub().inputValue()) - before - 6_000) <= 500);
    await until('the cue has applied', async () => (await host.locator('.transport-wait').textContent()) === '');
    assert.ok(Math.abs(Number(await scrub().inputValue()) - before - 6_000) <= 500, 'and stays there');
    assert.equal(await host.locator('.toast[data-bad=true]').count(), 0);
    await host.getByRole('button', { name: hostEn.play, exact: true }).click();
    await fan.getByText(en.paused).waitFor({ state: 'detached' });
  });

  it('HC3 HC13 goes to the next track, once for two impatient clicks, and to any of the setlist', async () => {
    const skip = host.getByRole('button', { name: hostEn.skip });
    await skip.dblclick();
    await fan.getByRole('heading', { name: 'machine wars' }).waitFor();
    await until('it is one command', async () => (await logged('skip')) === 1);
    assert.ok(await skip.evaluate((button) => button === document.activeElement), 'the focus is where it was');
    await until('it sounds from its start', async () => (await heardMs()) < 10_000);
    await host.locator('.editor-track').filter({ hasText: 'frontiers' }).getByRole('button', { name: hostEn.play }).click();
    await fan.getByRole('heading', { name: 'frontiers' }).waitFor();
  });

  it('HC4 reorders the setlist by drag, by keys and by buttons, and fans see the same order', async () => {
    const start = ['frontiers', 'machine wars', 'time to strike'];
    await bothShow(start);
    const track = (name: string) => host.locator('.editor-track').filter({ hasText: name });
    await track('time to strike').dragTo(track('machine wars'));
    await bothShow(['frontiers', 'time to strike', 'machine wars']);
    await host.getByText(hostEn.moved('time to strike', 2)).waitFor();
    await track('time to strike').getByRole('button', { name: hostEn.play }).focus();
    await host.keyboard.press('Alt+ArrowUp');
    await bothShow(['time to strike', 'frontiers', 'machine wars']);
    await host.getByRole('button', { name: hostEn.moveDown('time to strike') }).click();
    await bothShow(['frontiers', 'time to strike', 'machine wars']);
    await host.getByRole('button', { name: hostEn.moveUp('machine wars') }).click();
    await bothShow(start);
    assert.ok((await heardMs()) > 0, 'and the music went on');
  });

  it('HC4 HC6 takes a track off, puts it back where it was, and adds one by its address', async () => {
    await host.getByRole('button', { name: hostEn.removeTrack('machine wars') }).click();
    await bothShow(['frontiers', 'time to strike']);
    await host.getByRole('button', { name: hostEn.undo }).click();
    await bothShow(['frontiers', 'machine wars', 'time to strike']);

    await host.getByText(hostEn.addTrack).click();
    const field = (name: string) => host.getByLabel(name, { exact: true });
    await host.route('https://media.example.com/**', (route) => route.abort());
    await field(hostEn.trackUrl).fill('https://media.example.com/encore.mp3');
    await field(hostEn.trackTitle).fill('Encore');
    await field(hostEn.trackLength).fill('quite long');
    await host.getByRole('button', { name: hostEn.add, exact: true }).click();
    await host.getByText(hostEn.badLength).waitFor();
    assert.equal(await field(hostEn.trackTitle).inputValue(), 'Encore', 'HC7 what was typed stays');
    await field(hostEn.trackLength).fill('3:45');
    await host.getByRole('button', { name: hostEn.add, exact: true }).click();
    await bothShow(['frontiers', 'machine wars', 'time to strike', 'Encore']);
    await fan.getByText('3:45').first().waitFor();
  });

  it('HC12 refuses what no page can play, and reads the length of a file that it can', async () => {
    const field = (name: string) => host.getByLabel(name, { exact: true });
    const add = host.getByRole('button', { name: hostEn.add, exact: true });
    await field(hostEn.trackTitle).fill('Again');
    for (const [url, why] of [
      ['https://www.youtube.com/watch?v=abc', hostEn.notPlayable.youtube],
      ['http://media.example.com/a.mp3', hostEn.notPlayable.insecure],
    ] as const) {
      await field(hostEn.trackUrl).fill(url);
      await add.click();
      await host.getByText(why).waitFor();
    }
    assert.equal(await logged('add-track'), 2, 'none of it was sent');

    await field(hostEn.trackUrl).fill('https://media.example.com/gone.mp3');
    await field(hostEn.trackTitle).focus();
    await host.getByText(hostEn.playsNotHere).waitFor();

    const [url, durationMs] = await fan.evaluate(() => {
      const { currentSrc, duration } = document.querySelector('[data-front-row="audible"]') as HTMLMediaElement;
      return [currentSrc, duration * 1_000] as const;
    });
    await field(hostEn.trackUrl).fill(url);
    await field(hostEn.trackTitle).focus();
    await until('the length is filled in', async () => (await field(hostEn.trackLength).inputValue()) === trackTime(durationMs));
    await add.click();
    await bothShow(['frontiers', 'machine wars', 'time to strike', 'Encore', 'Again']);
  });

  it('HC15 HO9 keeps the address of an invitation that was typed, until the next one', async () => {
    const box = host.getByLabel(hostEn.sayHint);
    await box.fill('/invite Nils moderator 1h');
    await box.press('Enter');
    const link = host.getByLabel(hostEn.inviteLink('Nils'));
    await link.waitFor();
    const url = await link.inputValue();
    assert.match(url, /#invite=/);
    assert.deepEqual(await violationsOn(host), []);
    await host.getByRole('tab', { name: hostEn.tabs.log }).click();
    await link.waitFor({ state: 'detached' });
    await host.getByRole('tab', { name: hostEn.tabs.team }).click();
    assert.equal(await link.inputValue(), url);
  });

  it('HC2 HC10 lets a second moderator in by an invitation that leaves the address bar, without a host’s controls', async () => {
    await host.getByRole('tab', { name: hostEn.tabs.team }).click();
    await host.getByLabel(hostEn.inviteName, { exact: true }).fill('Milo');
    await host.getByLabel(hostEn.inviteRank).selectOption({ label: hostEn.ranks.moderator });
    await host.getByRole('button', { name: hostEn.makeInvite }).click();
    const url = await host.getByLabel(hostEn.inviteLink('Milo')).inputValue();
    const milo = await house.person();
    await milo.goto(url);
    const pause = milo.getByRole('button', { name: hostEn.pause, exact: true });
    await pause.waitFor();
    assert.equal(new URL(milo.url()).hash, '');
    assert.ok(await pause.isDisabled());
    assert.equal(await pause.getAttribute('title'), hostEn.hostOnly);
    for (const control of [
      milo.getByRole('slider', { name: hostEn.position }),
      milo.getByRole('button', { name: hostEn.skip }),
      milo.getByRole('button', { name: hostEn.end }),
      milo.getByRole('group', { name: hostEn.doors }).getByRole('button', { name: hostEn.doorStates.closed }),
      milo.getByRole('textbox', { name: hostEn.announcement }),
    ])
      assert.ok(await control.isDisabled());
    assert.equal(await milo.getByRole('button', { name: hostEn.removeTrack('frontiers') }).count(), 0);
    assert.ok(await milo.getByRole('group', { name: hostEn.chatMode }).getByRole('button').first().isEnabled());
    await milo.getByRole('tab', { name: hostEn.tabs.team }).click();
    assert.equal(await milo.getByRole('button', { name: hostEn.makeInvite }).count(), 0);

    await milo.reload();
    await pause.waitFor();
    const thief = await house.person();
    await thief.goto(url);
    await thief.getByRole('heading', { name: hostEn.needsInvite }).waitFor();

    const member = host.getByRole('listitem').filter({ hasText: 'Milo' });
    await member.getByText(hostEn.online).waitFor();
    await member.getByRole('button', { name: hostEn.revoke }).click();
    const dialog = host.getByRole('dialog');
    await dialog.getByRole('heading', { name: hostEn.revokeTitle('Milo') }).waitFor();
    await dialog.getByRole('button', { name: hostEn.revoke }).click();
    await member.getByText(hostEn.revoked).waitFor();
    await pause.waitFor({ state: 'detached' });
    await milo.reload();
    await milo.getByRole('heading', { name: hostEn.needsInvite }).waitFor();
  });

  it('HC9 types commands with a palette that knows the rank, and says why one is refused', async () => {
    const box = host.getByLabel(hostEn.sayHint);
    await box.fill('/');
    const palette = host.getByRole('list', { name: hostEn.commands });
    await palette.getByText('/pause').waitFor();
    await box.fill('/pau');
    assert.equal(await palette.getByRole('listitem').count(), 1);
    await box.press('Tab');
    assert.equal(await box.inputValue(), '/pause ');
    await box.press('Enter');
    await fan.getByText(en.paused).waitFor();
    await box.fill('/seek 99:00');
    await box.press('Enter');
    await host.locator('.toast[data-bad=true]').waitFor();
    assert.equal(await box.inputValue(), '/seek 99:00', 'HC7 what was typed stays');
    await box.fill('/nonsense');
    await box.press('Enter');
    await host.locator('.toast[data-bad=true]').getByText('nonsense').waitFor();
    await box.fill('/play');
    await box.press('Enter');
    await fan.getByText(en.paused).waitFor({ state: 'detached' });
  });

  it('HC6 ends the event only when asked once more', async () => {
    await host.getByRole('tab', { name: hostEn.tabs.room }).click();
    await host.getByRole('button', { name: hostEn.end }).click();
    await host.getByRole('dialog').getByText(hostEn.endBody(1)).waitFor();
    await host.getByRole('dialog').getByRole('button', { name: hostEn.cancel }).last().click();
    await host.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await fan.getByRole('heading', { name: en.endedTitle }).count(), 0);
    await host.getByRole('button', { name: hostEn.end }).click();
    await host.getByRole('button', { name: hostEn.endConfirm }).click();
    await fan.getByRole('heading', { name: en.endedTitle }).waitFor();
    await host.getByText(hostEn.issues.ended).waitFor();
  });
});
