import assert from 'node:assert/strict';
import fc from 'fast-check';
import { charCount, cleanText, clipText, hasLink, isEmojiOnly, isVisible, likeness } from './chat-text.ts';

const odd = fc.string({ unit: 'binary', maxLength: 60 });

describe('chat text', () => {
  it('CP1 composes, makes one line, and takes out controls, direction overrides and hidden characters', () => {
    assert.equal(cleanText('e\u0301'), '\u00e9');
    assert.equal(cleanText('  one\r\n\n\ttwo  '), 'one two');
    assert.equal(cleanText('a\u0000b\u001b[31m'), 'ab[31m');
    assert.equal(cleanText('pay\u202egpj.exe\u202c'), 'paygpj.exe');
    assert.equal(cleanText('a\u200bb\ufeffc\u2060d'), 'abcd');
    assert.equal(cleanText('hi\u{e0068}\u{e0069}'), 'hi');
    assert.equal(cleanText('half \ud83d pair'), 'half pair');
  });

  it('CP1 leaves flags, families and joined scripts as they are', () => {
    for (const text of [
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
      '👨‍👩‍👧',
      'می\u200cخواهم',
      'ฟังเพลงนี้',
      'שָׁלוֹם',
      'क्षि',
    ]) {
      assert.equal(cleanText(text), text.normalize('NFC'));
    }
  });

  it('CP1 bounds the marks on a character, however they are joined', () => {
    const marks = (text: string): number => [...cleanText(text).matchAll(/\p{M}/gu)].length;
    assert.equal(marks(`z${'\u0335\u0336'.repeat(50)}`), 4);
    assert.equal(marks(`z${'\u0335\u200d'.repeat(50)}`), 4);
    assert.equal(marks('a\u0335 b\u0335'), 2);
  });

  it('CP11 clips between characters, and mends what was half a character before', () => {
    assert.equal(clipText('abc', 2), 'ab');
    assert.equal(clipText('a😀b', 2), 'a');
    assert.equal(clipText('a😀b', 3), 'a😀');
    assert.equal(clipText('a\ud83db', 9), 'a\ufffdb');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '😀', '\ud83d', '\ude00') }), fc.nat(20), (text, maxUnits) => {
        const clipped = clipText(text, maxUnits);
        assert.ok(clipped.isWellFormed() && clipped.length <= maxUnits && text.toWellFormed().startsWith(clipped));
      }),
    );
  });

  it('CP1 cleans once and for all: cleaning again changes nothing', () => {
    fc.assert(
      fc.property(odd, (text) => {
        const cleaned = cleanText(text);
        assert.equal(cleanText(cleaned), cleaned);
        assert.ok(cleaned.isWellFormed());
        assert.doesNotMatch(cleaned, /[\p{Cc}\u202a-\u202e\u2066-\u2069]|^\s|\s$|\s\s/u);
      }),
      { numRuns: 500 },
    );
  });

  it('CP2 sees nothing in fillers, joiners and marks without a letter', () => {
    for (const text of ['', ' ', '\u3164', '\u2800\u2800', '\u200d', '\u0301\u0301', '\u00ad'])
      assert.ok(!isVisible(cleanText(text)), JSON.stringify(text));
    for (const text of ['a', '.', '🔥', '١', '한']) assert.ok(isVisible(cleanText(text)), text);
  });

  it('CP3 counts code points, not UTF-16 units', () => {
    assert.equal(charCount('🔥🔥a'), 3);
  });

  it('CP4 knows emoji, in all their forms, from text', () => {
    const emoji = [
      '🔥',
      '❤️',
      '❤',
      '👍🏽',
      '👨‍👩‍👧',
      '🇩🇪',
      '1️⃣',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
      '🔥 ❤ 🔥',
      '☺\ufe0e',
    ];
    for (const text of emoji) assert.ok(isEmojiOnly(text), text);
    for (const text of ['', ' ', '1', '123', '#', 'a🔥', '🔥!', '™', '©', ':)'])
      assert.ok(!isEmojiOnly(text), JSON.stringify(text));
  });

  it('CP4 decides a long line of near-emoji without backtracking', () => {
    assert.ok(!isEmojiOnly(`${'❤️'.repeat(250)}x`));
  });

  it('CP5 catches links: schemes, bare domains, paths, addresses, disguised dots', () => {
    const links = [
      'https://example.com',
      'see HTTP://X.Y/z',
      'www.example.zzz',
      'I love it!www.example.com',
      'example.com',
      'EXAMPLE.COM!',
      'shop.example.co.uk',
      'me@example.org',
      'twitch.tv',
      't.me/front',
      'hello.world/x',
      'host.name:8080',
      '10.0.0.1/admin',
      'example.com.Then',
      'example。com',
      'example[.]com',
      'example (dot) com',
      'ｅｘａｍｐｌｅ．ｃｏｍ',
      'пример.рф',
      'mailto:someone',
    ];
    for (const text of links) assert.ok(hasLink(text), text);
  });

  it('CP5 takes no missing space, number, file or list of dots for a link', () => {
    for (const text of [
      'hello.world',
      'so good.it was',
      'call me.in a minute',
      '3.5',
      '1.2.3.4',
      'demo.mp3',
      'Mr.Smith',
      'e.g. this',
      'wait...what',
      'yes/no',
      'a: b',
      '10:30',
      'v1.0/2',
      'St.Vincent',
    ]) {
      assert.ok(!hasLink(text), text);
    }
  });

  it('CP8 finds lines alike that differ in case, spaces, punctuation or drawn-out letters', () => {
    assert.equal(likeness('This is SO good!!!'), likeness('this is so good'));
    assert.equal(likeness('soooooo'), likeness('sooo'));
    assert.notEqual(likeness('first'), likeness('second'));
    assert.notEqual(likeness('!!!'), likeness('???'));
    assert.notEqual(likeness('🔥'), likeness('❤️'));
  });

  it('CP8 tells different lines apart', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-f]{1,8}$/), fc.stringMatching(/^[g-m]{1,8}$/), (a, b) => {
        assert.notEqual(likeness(a), likeness(b));
        assert.ok(Number.isSafeInteger(likeness(a)));
      }),
    );
  });
});
