/** The fan page as a person uses it: by its labels. */
import type { Locator, Page } from 'playwright-core';
import { en } from '../../client/i18n/en.ts';

/** Asks to be let in; what comes of it is the caller's to see. */
export async function knock(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel(en.nameLabel).fill(name);
  await page.getByRole('button', { name: en.stepInside }).click();
}

/** Goes in and waits until the show is on. */
export async function enterAsFan(page: Page, url: string, name: string): Promise<void> {
  await knock(page, url, name);
  await page.getByLabel(en.saySomething).waitFor();
}

export async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel(en.saySomething).fill(text);
  await page.getByRole('button', { name: en.send, exact: true }).click();
}

export function lineWith(page: Page, text: string): Locator {
  return page.getByText(text, { exact: true });
}

/** The element that sounds; the player marks it. */
export function audible(page: Page): Promise<{ readonly atMs: number; readonly paused: boolean } | null> {
  return page.evaluate(() => {
    const media = document.querySelector<HTMLMediaElement>('[data-front-row="audible"]');
    return media && { atMs: media.currentTime * 1_000, paused: media.paused };
  });
}
