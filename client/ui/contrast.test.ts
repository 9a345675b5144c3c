import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contrast, mix, quietest, readable, TEXT_CONTRAST } from './contrast.ts';
import { STAGE_DARK, themeProperties } from './theme.ts';

const color = fc.integer({ min: 0, max: 0xff_ff_ff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('the theme’s contrast guard', () => {
  it('FP1 measures contrast as WCAG does', () => {
    assert.equal(contrast('#000000', '#ffffff'), 21);
    assert.equal(contrast('#123456', '#123456'), 1);
    assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
    assert.equal(contrast('#ffffff', '#777777'), contrast('#777777', '#ffffff'));
  });

  it('FP1 keeps a colour that can be read, and takes black or white for one that cannot', () => {
    assert.equal(readable('#ff8a5c', '#0b0a0d'), '#ff8a5c');
    assert.equal(readable('#ffd400', '#ffffff'), '#000000');
    assert.equal(readable('#222222', '#0b0a0d'), '#ffffff');
  });

  it('FP1 finds readable text on any single ground, whatever the label chose', () => {
    fc.assert(fc.property(color, color, (text, ground) => assert.ok(contrast(readable(text, ground), ground) >= TEXT_CONTRAST)));
  });

  it('FP1 mutes text only as far as it stays readable', () => {
    const muted = quietest('#f6f2ec', '#16141a', '#0b0a0d');
    assert.ok(contrast(muted, '#16141a') >= TEXT_CONTRAST && contrast(muted, '#0b0a0d') >= TEXT_CONTRAST);
    assert.ok(contrast(muted, '#16141a') < contrast('#f6f2ec', '#16141a'));
    assert.equal(quietest('#777777', '#808080'), '#000000');
  });

  it('FP1 mixes by share', () => {
    assert.equal(mix('#ffffff', '#000000', 0), '#000000');
    assert.equal(mix('#ffffff', '#000000', 1), '#ffffff');
    assert.equal(mix('#ff0000', '#0000ff', 0.5), '#800080');
  });

  it('FP1 makes every theme readable on its own background, surface and accent', () => {
    fc.assert(
      fc.property(color, color, color, (accent, background, text) => {
        const theme = { ...STAGE_DARK, accent, background, surface: background, text };
        const properties = themeProperties(theme);
        for (const name of ['--text', '--muted', '--accent-text']) {
          assert.ok(contrast(properties[name] as string, background) >= TEXT_CONTRAST, name);
        }
        assert.ok(contrast(properties['--on-accent'] as string, accent) >= TEXT_CONTRAST);
      }),
    );
  });

  it('FP2 puts the event’s fonts first and falls back on ours', () => {
    const properties = themeProperties({ ...STAGE_DARK, displayFont: 'Futura' });
    assert.match(properties['--font-display'] as string, /^Futura, 'Instrument Serif'/);
    assert.match(properties['--font-body'] as string, /^'Instrument Sans'/);
  });

  it('FP2 tells light events from dark ones', () => {
    assert.equal(themeProperties(STAGE_DARK)['--scheme'], 'dark');
    assert.equal(themeProperties({ ...STAGE_DARK, background: '#f7f3ea' })['--scheme'], 'light');
  });
});
