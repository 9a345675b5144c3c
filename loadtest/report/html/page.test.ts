import assert from 'node:assert/strict';
import fc from 'fast-check';
import { madeUpCrowd, madeUpFacts } from '../../../tests/loadtest/made-up-run.ts';
import { buildReport } from '../build-report.ts';
import { html } from './markup.ts';
import { reportPage } from './page.ts';
import { linearScale, logScale, ninesScale, spanScale } from './scale.ts';

describe('report page', () => {
  it('LT14 fetches nothing and runs nothing', () => {
    const page = reportPage(buildReport(madeUpFacts()));
    for (const forbidden of ['<script', 'src=', 'href=', 'url(', '@import', 'http://', 'https://']) {
      assert.ok(!page.includes(forbidden), `${forbidden} is in the page`);
    }
    assert.ok(page.startsWith('<!doctype html>'));
    assert.match(page, /<title>smoke, 200 fans/);
  });

  it('LT14 draws every plot of a run, and none with a place that is no number', () => {
    const page = reportPage(buildReport(madeUpFacts()));
    const titles = [...page.matchAll(/<h3>([^<]+)<\/h3>/g)].map(([, title]) => title);
    assert.deepEqual(titles, [
      'Arrivals',
      'Joins per second',
      'Latency over time',
      'Percentiles',
      'Frames received',
      'Bytes received',
      'CPU',
      'Memory',
      'Event-loop delay',
      'The generator itself',
    ]);
    assert.ok(!/NaN|Infinity|undefined|null/.test(page));
  });

  it('LT14 stands a run in which nothing happened', () => {
    const crowd = madeUpCrowd({ perSecond: [], joined: 0, acknowledged: [], linesDelivered: 0 });
    const page = reportPage(buildReport(madeUpFacts({ crowd, samples: [], commands: [] })));
    assert.ok(!/NaN|Infinity|undefined|null/.test(page));
    assert.match(page, /targets missed/);
  });

  it('LT14 says at the top whether a target was missed, and marks which', () => {
    const page = reportPage(buildReport(madeUpFacts({ crowd: madeUpCrowd({ unanswered: 3 }) })));
    assert.match(page, /1 of \d+ targets missed/);
    assert.equal(page.match(/missed-row/g)?.length, 2, 'one row, and the rule that colours it');
  });

  it('LT14 escapes whatever comes from outside', () => {
    assert.equal(
      html`<b title="${'"<&>"'}">${[html`<i>${'<'}</i>`]}</b>`.html,
      '<b title="&quot;&lt;&amp;&gt;&quot;"><i>&lt;</i></b>',
    );
    const page = reportPage(buildReport(madeUpFacts({ crowd: madeUpCrowd({ refused: { '<script>': 1 } }) })));
    assert.ok(!page.includes('<script'));
  });

  it('LT14 places every value on the plot, with ticks in order', () => {
    const max = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(max, fc.double({ min: 0, max: 1, noNaN: true }), (top, part) => {
        for (const scale of [linearScale(top), logScale(top), spanScale(0, top)]) {
          const place = scale.at(top * part);
          assert.ok(place >= -1e-9 && place <= 1 + 1e-9, `${top * part} of ${top} stands at ${place}`);
          assert.deepEqual(
            scale.ticks,
            scale.ticks.toSorted((a, b) => a - b),
          );
          assert.ok(scale.ticks.length >= 1 && scale.ticks.length <= 12);
        }
        const nines = ninesScale(top);
        assert.ok(nines.at(part) >= 0 && nines.at(part) <= 1);
        assert.equal(nines.at(1), 1);
      }),
    );
  });
});
