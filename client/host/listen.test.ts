import assert from 'node:assert/strict';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { type Listener, listenTo } from './listen.ts';

class SimulatedElement extends EventTarget implements Listener {
  preload: HTMLAudioElement['preload'] = '';
  src = '';
  duration = Number.NaN;
  loads = 0;
  load(): void {
    this.loads += 1;
  }
  removeAttribute(name: string): void {
    if (name === 'src') this.src = '';
  }
}

describe('trying an address', () => {
  const tried = async (happens: (element: SimulatedElement) => void, waitMs = 0) => {
    const clock = manualClock();
    const element = new SimulatedElement();
    const found = listenTo('/media/a.mp3', element, clock);
    assert.equal(element.src, '/media/a.mp3');
    assert.equal(element.preload, 'metadata');
    happens(element);
    await clock.advance(waitMs);
    return { found: await found, element };
  };

  it('HC12 finds how long it is, to the millisecond, and fetches no more', async () => {
    const { found, element } = await tried((media) => {
      media.duration = 225.3456;
      media.dispatchEvent(new Event('loadedmetadata'));
    });
    assert.deepEqual(found, { kind: 'plays', durationMs: 225_346 });
    assert.deepEqual([element.src, element.loads], ['', 1]);
  });

  it('HC12 finds that it has no end, and that it does not play', async () => {
    const endless = await tried((media) => {
      media.duration = Number.POSITIVE_INFINITY;
      media.dispatchEvent(new Event('loadedmetadata'));
    });
    assert.deepEqual(endless.found, { kind: 'plays', durationMs: null });
    const broken = await tried((media) => media.dispatchEvent(new Event('error')));
    assert.deepEqual(broken.found, { kind: 'fails' });
  });

  it('HC12 gives up after 8 s', async () => {
    const { found, element } = await tried(() => {}, 8_000);
    assert.deepEqual(found, { kind: 'unknown' });
    assert.equal(element.src, '');
  });
});
