import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Role } from '../schemas/chat.ts';
import { UpLine } from '../schemas/chat.ts';
import { LINE_MAX_BYTES, LINE_MAX_CHARS } from '../schemas/limits.ts';
import { type Author, type AuthorState, FAN_PACE, judgeLine } from './chat-policy.ts';
import { PartyError } from './errors.ts';

const OPEN = { chatMode: 'open', slowMs: 0, links: 'everyone' } as const;
const NOW = 1_000_000;

function fan(state?: AuthorState, mute?: Author['mute']): Author {
  return { role: 'fan', mute, state };
}

function staff(state?: AuthorState, role: Role = 'moderator'): Author {
  return { role, mute: undefined, state };
}

function refusal(act: () => unknown): { code: string; retryInMs: number | undefined } {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof PartyError);
    return { code: error.code, retryInMs: error.retryInMs };
  }
  assert.fail('was accepted');
}

describe('chat policy', () => {
  it('CP1 accepts a line as cleaned', () => {
    assert.equal(judgeLine(OPEN, fan(), '  hello\n world ', NOW).text, 'hello world');
  });

  it('CP2 refuses what shows nothing as empty', () => {
    for (const text of ['', ' \n ', '\u200b\u3164', '\u0301'])
      assert.equal(refusal(() => judgeLine(OPEN, fan(), text, NOW)).code, 'empty');
  });

  it('CP3 takes 500 code points and refuses 501, counted after cleaning', () => {
    assert.equal(judgeLine(OPEN, fan(), ` ${'a'.repeat(LINE_MAX_CHARS)} `, NOW).text.length, LINE_MAX_CHARS);
    assert.equal(refusal(() => judgeLine(OPEN, fan(), 'a'.repeat(LINE_MAX_CHARS + 1), NOW)).code, 'too_long');
    assert.equal(refusal(() => judgeLine(OPEN, fan(), '🔥'.repeat(LINE_MAX_CHARS + 1), NOW)).code, 'too_long');
  });

  it('CP3 the longest accepted line is within the bytes, and within the schema that carries it', () => {
    const { text } = judgeLine(OPEN, fan(), '🔥'.repeat(LINE_MAX_CHARS), NOW);
    assert.ok(new TextEncoder().encode(text).length <= LINE_MAX_BYTES);
    assert.ok(UpLine.shape.text.safeParse(text).success);
  });

  it('CP4 takes only emoji in emoji mode, from fans', () => {
    const policy = { ...OPEN, chatMode: 'emoji' } as const;
    assert.equal(judgeLine(policy, fan(), '🔥 ❤', NOW).text, '🔥 ❤');
    assert.equal(refusal(() => judgeLine(policy, fan(), '🔥 yes', NOW)).code, 'emoji_only');
    assert.equal(judgeLine(policy, staff(), 'words', NOW).text, 'words');
  });

  it('CP5 refuses links by fans where links are for staff', () => {
    const policy = { ...OPEN, links: 'staff' } as const;
    assert.equal(refusal(() => judgeLine(policy, fan(), 'see example.com', NOW)).code, 'links_closed');
    assert.equal(judgeLine(policy, staff(), 'see example.com', NOW).text, 'see example.com');
    assert.equal(judgeLine(OPEN, fan(), 'see example.com', NOW).text, 'see example.com');
  });

  it('CP6 refuses fans when chat is closed, or for staff; staff speak in every mode', () => {
    assert.equal(refusal(() => judgeLine({ ...OPEN, chatMode: 'closed' }, fan(), 'hi', NOW)).code, 'chat_closed');
    assert.equal(refusal(() => judgeLine({ ...OPEN, chatMode: 'staff' }, fan(), 'hi', NOW)).code, 'not_allowed');
    for (const chatMode of ['open', 'emoji', 'staff', 'closed'] as const) {
      assert.equal(judgeLine({ ...OPEN, chatMode }, staff(), 'hi', NOW).text, 'hi');
    }
  });

  it('CP7 refuses the muted until the mute ends, and says when', () => {
    assert.deepEqual(
      refusal(() => judgeLine(OPEN, fan(undefined, { untilMs: NOW + 1_500 }), 'hi', NOW)),
      { code: 'muted', retryInMs: 1_500 },
    );
    assert.deepEqual(
      refusal(() => judgeLine(OPEN, fan(undefined, { untilMs: null }), 'hi', NOW)),
      { code: 'muted', retryInMs: undefined },
    );
    assert.equal(judgeLine(OPEN, fan(undefined, { untilMs: NOW }), 'hi', NOW).text, 'hi');
  });

  it('CP8 refuses the same line again within half a minute, from fans', () => {
    const { state } = judgeLine(OPEN, fan(), 'Buy now!', NOW);
    assert.equal(refusal(() => judgeLine(OPEN, fan(state), 'buy  NOW', NOW + 29_999)).code, 'repeated');
    assert.equal(judgeLine(OPEN, fan(state), 'buy now', NOW + 30_000).text, 'buy now');
    const said = judgeLine(OPEN, staff(), 'welcome', NOW).state;
    assert.equal(judgeLine(OPEN, staff(said), 'welcome', NOW + 1).text, 'welcome');
  });

  it('CP8 also when other lines came between', () => {
    const first = judgeLine(OPEN, fan(), 'one', NOW).state;
    const second = judgeLine(OPEN, fan(first), 'two', NOW + 1).state;
    assert.equal(refusal(() => judgeLine(OPEN, fan(second), 'one', NOW + 2)).code, 'repeated');
  });

  it('CP8 lets the same emoji again after three seconds', () => {
    const { state } = judgeLine(OPEN, fan(), '🔥', NOW);
    assert.equal(refusal(() => judgeLine(OPEN, fan(state), '🔥', NOW + 2_999)).code, 'repeated');
    assert.equal(judgeLine(OPEN, fan(state), '🔥', NOW + 3_000).text, '🔥');
  });

  it('CP9 lets a burst through, then a line every two seconds, and says when the next may come', () => {
    let state: AuthorState | undefined;
    for (let line = 0; line < FAN_PACE.capacity; line += 1) state = judgeLine(OPEN, fan(state), `line ${line}`, NOW).state;
    assert.deepEqual(
      refusal(() => judgeLine(OPEN, fan(state), 'more', NOW)),
      { code: 'rate_limited', retryInMs: 2_000 },
    );
    assert.equal(judgeLine(OPEN, fan(state), 'more', NOW + 2_000).text, 'more');
  });

  it('CP9 gives staff a faster pace, not a boundless one', () => {
    let state: AuthorState | undefined;
    for (let line = 0; line < 20; line += 1) state = judgeLine(OPEN, staff(state), 'hi', NOW).state;
    assert.equal(refusal(() => judgeLine(OPEN, staff(state), 'hi', NOW)).code, 'rate_limited');
  });

  it('CP10 holds fans to one line per interval in slow mode, and names the rest of it', () => {
    const slow = { ...OPEN, slowMs: 10_000 };
    const { state } = judgeLine(slow, fan(), 'first', NOW);
    assert.deepEqual(
      refusal(() => judgeLine(slow, fan(state), 'second', NOW + 4_000)),
      { code: 'slow_mode', retryInMs: 6_000 },
    );
    assert.equal(judgeLine(slow, fan(state), 'second', NOW + 10_000).text, 'second');
    assert.equal(judgeLine(slow, staff(state), 'second', NOW + 1).text, 'second');
    assert.equal(judgeLine(OPEN, fan(state), 'second', NOW + 1).text, 'second', 'slow mode was lifted');
  });

  it('CP10 names a wait after which the line passes, whatever stood in the way', () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.array(fc.nat(3_000), { maxLength: 12 }), (slowMs, gapsMs) => {
        let state: AuthorState | undefined;
        let nowMs = NOW;
        gapsMs.forEach((gapMs, index) => {
          nowMs += gapMs;
          const say = (atMs: number): void => {
            state = judgeLine({ ...OPEN, slowMs }, fan(state), `line number ${index}`, atMs).state;
          };
          try {
            say(nowMs);
          } catch (error) {
            assert.ok(error instanceof PartyError && error.retryInMs !== undefined);
            nowMs += error.retryInMs;
            say(nowMs);
          }
        });
      }),
    );
  });
});
