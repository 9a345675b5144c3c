/** The operator's page in a real browser. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { violationsOn } from '../support/accessibility.ts';
import { launchChromium } from '../support/chromium.ts';
import { type PartyCluster, startPartyCluster } from '../support/party-cluster.ts';
import { enter } from '../support/stranger.ts';

const PHONE = { viewport: { width: 360, height: 740 } };

describe("the operator's page in a browser", () => {
  let cluster: PartyCluster;
  let browser: Browser;
  let page: Page;
  const said: string[] = [];
  before(async () => {
    cluster = await startPartyCluster(2);
    browser = await launchChromium();
    page = await browser.newPage(PHONE);
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    await page.goto(`${cluster.processes[0]?.origin}/ops`);
  });
  after(async () => {
    await browser.close();
    await cluster[Symbol.asyncDispose]();
  });

  it('OB12 refreshes itself: who comes in is seen without a reload', async () => {
    const [first] = cluster.processes;
    assert.ok(first !== undefined);
    const verdict = page.getByRole('status');
    await verdict.getByText(/^All is well: 0 fans, 1 event, \d+ sections, 2 processes\.$/).waitFor();
    const fan = await enter(first.origin, first.slug, { name: 'Ada' });
    await verdict.getByText('All is well: 1 fan,').waitFor();
    await fan.leave();
    assert.equal(await page.title(), 'Well · Front Row');
    assert.deepEqual(said, []);
  });

  it('OB15 fits a phone, and axe-core finds nothing', async () => {
    assert.deepEqual(await violationsOn(page), []);
    const { scrolls, wide } = await page.evaluate(() => ({
      scrolls: document.documentElement.scrollWidth > window.innerWidth,
      wide: document.body.scrollWidth,
    }));
    assert.equal(scrolls, false, `${wide} px`);
  });

  it('OB12 says so when there is no news, and shows what is wrong when there is', async () => {
    const [first, second] = cluster.processes;
    assert.ok(first !== undefined && second !== undefined);
    const old = page.getByText('No news for ten seconds');
    await assert.rejects(old.waitFor({ timeout: 50 }));
    await second.stop('SIGKILL');
    await page.getByRole('status').getByText('is lost since').waitFor();
    assert.deepEqual(await violationsOn(page), []);
    await first.stop('SIGKILL');
    await old.waitFor();
  });
});
