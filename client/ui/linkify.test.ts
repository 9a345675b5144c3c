import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitLinks } from './linkify.ts';

describe('links in lines', () => {
  it('FP15 links http and https, and leaves the end of the sentence outside', () => {
    assert.deepEqual(splitLinks('see https://a.example/x?y=1. ok'), [
      { kind: 'text', text: 'see ' },
      { kind: 'link', text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' },
      { kind: 'text', text: '. ok' },
    ]);
  });

  it('FP15 makes no link of any other scheme', () => {
    for (const text of ['javascript:alert(1)', 'data:text/html,hi', 'ftp://a.example', 'www.a.example', 'https://', 'http://[']) {
      assert.deepEqual(
        splitLinks(text).map((part) => part.kind),
        ['text'],
        text,
      );
    }
  });

  it('FP15 loses nothing of any text, and links only what is http or https', () => {
    const text = fc
      .array(fc.oneof(fc.string(), fc.webUrl(), fc.constant('https://x.example/)!')))
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(text, (words) => {
        const parts = splitLinks(words);
        assert.equal(parts.map((part) => part.text).join(''), words);
        for (const part of parts) if (part.kind === 'link') assert.match(new URL(part.href).protocol, /^https?:$/);
      }),
    );
  });
});
