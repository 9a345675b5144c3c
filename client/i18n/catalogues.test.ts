import assert from 'node:assert/strict';
import { HTTP_ERROR_CODES, REQUEST_ERROR_CODES } from '../../schemas/errors.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { hostDe } from './host-de.ts';
import { hostEn } from './host-en.ts';
import { pickLanguage } from './language.ts';
import * as numbers from './numbers.ts';

/** Every leaf of a catalogue by its path; functions are called with sample arguments. */
function spoken(catalogue: object, path = ''): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const [key, value] of Object.entries(catalogue)) {
    const at = `${path}${key}`;
    if (typeof value === 'string') leaves.set(at, value);
    else if (typeof value === 'function') leaves.set(at, String(value(2, 2, 2)));
    else for (const [inner, text] of spoken(value, `${at}.`)) leaves.set(inner, text);
  }
  return leaves;
}

/** What reads the same in both languages; whatever else does was not translated. */
const SAME_IN_BOTH = {
  fan: ['live', 'setlist', 'chat', 'reportReasons.spam', 'slowWait', 'roles.host', 'announceLine'],
  host: [
    'fans',
    'milliseconds',
    'pause',
    'live',
    'setlist',
    'trackArtist',
    'trackAlbum',
    'chat',
    'tabs.fan',
    'tabs.team',
    'inSection',
    'confirm',
    'done',
    'every',
    'ranks.host',
    'ranks.owner',
    'inviteName',
  ],
};

describe('the catalogues', () => {
  for (const [name, english, german] of [
    ['fan', en, de],
    ['host', hostEn, hostDe],
  ] as const) {
    it(`FP31 the ${name} page says everything in both languages`, () => {
      const [one, other] = [spoken(english), spoken(german)];
      for (const [key, text] of other) assert.ok(!/undefined|NaN|\[object/.test(text), `${key}: ${text}`);
      for (const [key, text] of one) {
        assert.ok(!/undefined|NaN|\[object/.test(text), `${key}: ${text}`);
        if (!key.startsWith('refusals.')) assert.ok(other.has(key), key);
      }
      const same = [...one].filter(([key, text]) => text !== '' && other.get(key) === text).map(([key]) => key);
      assert.deepEqual(same, SAME_IN_BOTH[name]);
    });
  }

  it('FP31 German has its own words for every refusal that a fan can meet', () => {
    const staffOnly = new Set(['stale_revision', 'unknown_track', 'unknown_fan', 'bad_invite', 'unauthorized']);
    const neverSent = new Set([
      'bad_request',
      'bad_payload',
      'unknown_request',
      'not_found',
      'payload_too_large',
      'forbidden_origin',
    ]);
    /** Each has a page of its own. */
    const pages = new Set(['banned', 'kicked', 'ended']);
    const met = [...HTTP_ERROR_CODES, ...REQUEST_ERROR_CODES].filter(
      (code) => !staffOnly.has(code) && !neverSent.has(code) && !pages.has(code),
    );
    assert.deepEqual(
      met.filter((code) => !de.refusals[code]),
      [],
    );
  });

  it('FP31 counts one thing as one and several as several', () => {
    assert.equal(en.newLines(1), '1 new message');
    assert.equal(en.newLines(1_200), '1,200 new messages');
    assert.equal(de.newLines(1), '1 neue Nachricht');
    assert.equal(de.newLines(1_200), '1.200 neue Nachrichten');
    assert.deepEqual([1, 2, 3, 4, 11, 22].map(numbers.en.ordinal), ['1st', '2nd', '3rd', '4th', '11th', '22nd']);
    assert.equal(numbers.de.ordinal(3), '3.');
  });

  it('FP32 speaks the first language that the browser asks for and we know', () => {
    assert.equal(pickLanguage(['fr-FR', 'de-AT', 'en']), 'de');
    assert.equal(pickLanguage(['pt-BR']), 'en');
    assert.equal(pickLanguage(['constructor']), 'en');
    assert.equal(pickLanguage([]), 'en');
  });
});
