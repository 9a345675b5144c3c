import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  draftOf,
  hueOf,
  isForMe,
  isSendKey,
  mentionOf,
  newSince,
  slowLeftMs,
  snippet,
  WINDOW_LINES,
  windowOf,
} from './chat-view.ts';

const lines = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `l${at}` }));

describe('the view of the chat', () => {
  it('FP10 draws the newest lines while the reader follows', () => {
    const shown = windowOf(lines(500), null);
    assert.equal(shown.length, WINDOW_LINES);
    assert.equal(shown.at(-1)?.id, 'l499');
    assert.deepEqual(windowOf(lines(3), null), lines(3));
  });

  it('FP10 takes nothing away above a reader who scrolled up, however many lines come', () => {
    const all = lines(500);
    const shown = windowOf(all, 'l380');
    assert.ok(shown.some((line) => line.id === 'l380'));
    assert.equal(shown.at(-1)?.id, 'l499');
    assert.equal(shown[0]?.id, 'l260');
  });

  it('FP10 shows all that is left when the held line is gone', () => {
    assert.equal(windowOf(lines(200), 'removed').length, 200);
  });

  it('FP11 counts the lines that came since the reader looked away', () => {
    assert.equal(newSince(lines(10), null), 0);
    assert.equal(newSince(lines(10), 'l9'), 0);
    assert.equal(newSince(lines(10), 'l6'), 3);
    assert.equal(newSince(lines(10), 'removed'), 10);
  });

  it('FP12 counts characters as people do, and bytes as the wire does', () => {
    assert.deepEqual(draftOf('  '), { sendable: false, leftChars: null });
    assert.deepEqual(draftOf('hello'), { sendable: true, leftChars: null });
    assert.deepEqual(draftOf('a'.repeat(499)), { sendable: true, leftChars: 1 });
    assert.deepEqual(draftOf('a'.repeat(501)), { sendable: false, leftChars: -1 });
    assert.equal(draftOf('🎸'.repeat(500)).sendable, true);
    assert.deepEqual(draftOf('👩‍🎤'.repeat(160)), { sendable: true, leftChars: 20 });
    assert.equal(draftOf('👩‍🎤'.repeat(166)).sendable, true);
    assert.equal(draftOf('👨‍👩‍👧‍👦'.repeat(71)).sendable, true);
  });

  it('FP12 refuses nothing that the section accepts, and the other way round', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 700, unit: 'grapheme' }), (text) => {
        const trimmed = text.trim();
        const fits = trimmed !== '' && [...trimmed].length <= 500 && Buffer.byteLength(trimmed) <= 2_048;
        assert.equal(draftOf(text).sendable, fits);
      }),
    );
  });

  it('FP13 counts slow mode down from the fan’s own last line', () => {
    assert.equal(slowLeftMs(0, 1_000, 1_001), 0);
    assert.equal(slowLeftMs(30_000, null, 1_000), 0);
    assert.equal(slowLeftMs(30_000, 1_000, 11_000), 20_000);
    assert.equal(slowLeftMs(30_000, 1_000, 99_000), 0);
  });

  it('FP12 sends with Enter, but not with the Enter that ends a composition, which Safari no longer calls one', () => {
    const enter = { key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13 };
    assert.equal(isSendKey(enter), true);
    assert.equal(isSendKey({ ...enter, shiftKey: true }), false);
    assert.equal(isSendKey({ ...enter, isComposing: true }), false);
    assert.equal(isSendKey({ ...enter, keyCode: 229 }), false);
    assert.equal(isSendKey({ ...enter, key: 'a' }), false);
  });

  it('FP35 knows its reader’s name as a word of its own, however it is written', () => {
    const namesAda = mentionOf('Ada');
    for (const text of ['ada, did you hear', 'thanks @Ada!', 'Ada', '(ADA)']) assert.ok(namesAda(text), text);
    for (const text of ['Adam sings', 'Canada', 'nobody', '@adam']) assert.ok(!namesAda(text), text);
    assert.ok(mentionOf('Zoë 🎸')('hi zoë 🎸, hi'));
    assert.ok(mentionOf('a.b[c]*')('is a.b[c]* here'), 'a name is no pattern');
    assert.ok(!mentionOf('a.b[c]*')('is aXbc here'));
    assert.ok(!mentionOf('I')('when I was young'), 'a short name is a word too easily');
    assert.ok(mentionOf('I')('@i look'));
    assert.ok(!mentionOf('')('anything'));
  });

  it('FP35 takes any name for what it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 32, unit: 'grapheme' }), (name) => {
        assert.ok(mentionOf(name)(`@${name}`));
      }),
    );
  });

  it('FP35 takes answers to the reader for theirs, and nothing that they wrote themselves', () => {
    const mine = { kind: 'accepted', fate: 'event' } as const;
    const namesMe = mentionOf('Ada');
    assert.ok(isForMe({ mine: null, text: 'me too' }, { mine }, namesMe));
    assert.ok(isForMe({ mine: null, text: 'hi Ada' }, undefined, namesMe));
    assert.ok(!isForMe({ mine: null, text: 'me too' }, { mine: null }, namesMe));
    assert.ok(!isForMe({ mine, text: 'I am Ada' }, { mine }, namesMe));
  });

  it('FP14 quotes the start of a line without cutting a character in half', () => {
    assert.equal(snippet('a\n\n b'), 'a b');
    assert.equal(snippet('🎸🎸🎸🎸', 3), '🎸🎸…');
    assert.equal(snippet('short'), 'short');
  });

  it('FP14 gives a fan the same hue everywhere, and neighbours different ones', () => {
    const hues = new Set(Array.from({ length: 20 }, (_, at) => hueOf(`fan_${String(at).padStart(12, '0')}`)));
    assert.ok(hues.size >= 18);
    assert.equal(hueOf('fan_00000000000a'), hueOf('fan_00000000000a'));
    for (const hue of hues) assert.ok(hue >= 0 && hue < 360);
  });
});
