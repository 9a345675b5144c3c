import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PartyError } from './errors.ts';
import { checkName } from './names.ts';
import { skeletonOf } from './names-skeleton.ts';

const refused = { code: 'bad_name' };

describe('names', () => {
  it('NM1 lets the names of the world pass as they are', () => {
    const names = [
      'Björk',
      '이영지',
      'Σοφία',
      'ひかり',
      'عمر',
      'မြို့',
      'Nguyễn Thị Ánh',
      'สมชาย',
      'श्रीमती',
      'Łukasz',
      'Анна',
      "O'Brien",
      'محمد\u200cرضا',
      '👩‍👩‍👧',
      'i ❤️ u',
      '7️⃣',
      'x',
    ];
    for (const name of names) assert.equal(checkName(name, ['Anna', 'Host', 'Front Row']), name.normalize('NFC'));
  });

  it('NM2 trims, composes, and keeps single spaces', () => {
    assert.equal(checkName('  Ada\u00a0 \u3000Lovelace ', []), 'Ada Lovelace');
    assert.equal(checkName('Bjo\u0308rk', []), 'Björk');
  });

  it('NM3 wants 1 to 32 characters', () => {
    assert.throws(() => checkName('', []), refused);
    assert.throws(() => checkName(' \u00a0\u3000 ', []), refused);
    assert.equal(checkName('x'.repeat(32), []).length, 32);
    assert.throws(() => checkName('x'.repeat(33), []), refused);
  });

  it('NM4 refuses what cannot be seen or turns the text around', () => {
    const unseen = [
      '\u0000',
      '\n',
      '\t',
      '\u202e',
      '\u2066',
      '\u200b',
      '\u200e',
      '\u00ad',
      '\u2028',
      '\u3164',
      '\u2800',
      '\ufeff',
      '\ue000',
    ];
    for (const character of unseen) {
      assert.throws(() => checkName(`a${character}b`, []), refused, `U+${character.codePointAt(0)?.toString(16)}`);
    }
    assert.throws(() => checkName('\ud800x', []), refused, 'half a character');
    assert.throws(() => checkName('\u200d', []), refused, 'a joiner that joins nothing');
    assert.throws(() => checkName('a\u200d', []), refused, 'a joiner at the end');
    assert.throws(() => checkName('.\ufe0f', []), refused, 'an emoji style on no emoji');
  });

  it('NM5 refuses a tower of marks and a mark that sits on nothing', () => {
    assert.throws(() => checkName('Z\u0310\u0321\u0322\u0315\u031b', []), refused);
    assert.throws(() => checkName('\u0301', []), refused);
    assert.throws(() => checkName('\u0301bc', []), refused);
  });

  it('NM6 refuses the names of staff and reserved words in any case, and what looks like them', () => {
    const imitations = [
      'anna',
      'ANNA',
      'A n n a',
      'A.n.n.a',
      'Änna',
      'Аnna', // Cyrillic А
      'ΑΝΝΑ', // Greek capitals
      'Ａｎｎａ',
      '𝓐𝓷𝓷𝓪',
      'ⓐⓝⓝⓐ',
      '🅰🅽🅽🅰',
      'ᴀɴɴᴀ',
      '4nna',
      '@nna',
      'An\u200dna',
    ];
    for (const name of imitations) assert.throws(() => checkName(name, ['Zed', 'Anna']), refused, name);
    for (const name of ['Ꮋost', 'ꓧost', 'ᎻOST', 'ɦost', '𐌷ost', 'ꓧꓳꓢꓔ'])
      assert.throws(() => checkName(name, ['Host']), refused, name);
    for (const name of ['H0st', 'Hоst', 'HOST']) assert.throws(() => checkName(name, ['Host']), refused, name);
    for (const name of ['AIice', 'A1ice', 'Alιce', 'Al|ce']) assert.throws(() => checkName(name, ['Alice']), refused, name);
    assert.throws(() => checkName('rnax', ['max']), refused);
    assert.throws(() => checkName('★ ★', ['★★']), refused, 'names without letters');
    assert.equal(checkName('★', ['★★', '♥']), '★');
    assert.equal(checkName('Hanna', ['Anna']), 'Hanna');
  });

  it('NM7 is stable: a name that passed passes again unchanged, and looks like itself in any case', () => {
    const anyName = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(anyName, fc.string({ unit: 'grapheme', maxLength: 12 })), (raw) => {
        const name = cleanedOrUndefined(raw);
        fc.pre(name !== undefined);
        assert.equal(checkName(name, []), name);
        assert.ok(name.length >= 1 && name.length <= 32);
        assert.throws(() => checkName(name, [name]), refused);
        assert.equal(skeletonOf(name), skeletonOf(`${name} `));
      }),
    );
  });
});

function cleanedOrUndefined(raw: string): string | undefined {
  try {
    return checkName(raw, []);
  } catch (error) {
    assert.ok(error instanceof PartyError && error.code === 'bad_name');
    return undefined;
  }
}
