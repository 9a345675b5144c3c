/** Two real browsers and a real server: what a fan sees and hears, and what a host can reach. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { audible, enterAsFan, lineWith, say } from '../support/fan-page.ts';
import type { PartyProcess } from '../support/open-party.ts';
import { startParty } from '../support/party-process.ts';
import { MUSIC_DIR } from '../support/system-packages.ts';
import { until } from '../support/until.ts';

describe('the pages, in Chromium', function () {
  this.timeout(90_000);
  let party: PartyProcess;
  let browser: Browser;
  const complaints: string[] = [];

  /** A person of their own: their own cookies and storage. */
  async function newPerson(): Promise<Page> {
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    return page;
  }

  before(async () => {
    party = await startParty({ media: MUSIC_DIR });
    browser = await launchChromium(['--autoplay-policy=document-user-activation-required']);
  });

  after(async () => {
    await browser?.close();
    await party?.stop();
  });

  it('HO8 lets two fans in, plays to both, and carries chat across', async () => {
    const [ada, ben] = [await newPerson(), await newPerson()];
    await enterAsFan(ada, party.fanUrl, 'Ada');
    await enterAsFan(ben, party.fanUrl, 'Ben');
    for (const page of [ada, ben]) {
      await until('the music sounds', async () => {
        const before = await audible(page);
        return before !== null && !before.paused && before.atMs > 0;
      });
    }
    await say(ada, 'can you hear it too?');
    await lineWith(ben, 'can you hear it too?').waitFor();
    await say(ben, 'loud and clear');
    await lineWith(ada, 'loud and clear').waitFor();
  });

  it('HO8 shows a host the console, whose pause reaches a fan', async () => {
    const [fan, host] = [await newPerson(), await newPerson()];
    await enterAsFan(fan, party.fanUrl, 'Cleo');
    await host.goto(party.hostUrl);
    await host.getByRole('button', { name: 'Pause', exact: true }).click();
    await fan.getByText('Paused by the host').first().waitFor();
    assert.equal(new URL(host.url()).hash, '', 'the invitation is gone from the address bar');
  });

  it('HO8 leaves no error in any console', () => {
    assert.deepEqual(complaints, []);
  });
});
