/**
 * A drill that several tests judge. It is played before the first of them, and again before the second try of one that failed:
 * a machine that others use may spoil its times, and a second look at the same figures would say nothing.
 */
import { after, afterEach, beforeEach, it } from 'mocha';

export interface PlayedFor {
  /** A test of what no machine can spoil: it has no second try. */
  readonly exactly: (title: string, judge: () => void | Promise<void>) => void;
}

export function playedFor(play: () => Promise<void>, clear: () => Promise<void>): PlayedFor {
  let isPlayed = false;
  const playAfresh = async () => {
    await clear();
    await play();
  };
  beforeEach(async () => {
    if (isPlayed) return;
    await playAfresh().catch((error: unknown) => {
      console.log('the drill is played once more:', error);
      return playAfresh();
    });
    isPlayed = true;
  });
  afterEach(function () {
    if (this.currentTest?.state !== 'passed') isPlayed = false;
  });
  after(clear);
  return {
    exactly: (title, judge) =>
      it(title, async function () {
        this.retries(0);
        await judge();
      }),
  };
}
