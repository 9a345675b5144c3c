import assert from 'node:assert/strict';
import {
  accepted,
  dismissed,
  EMPTY_LOG,
  HELD_MAX_LINES,
  hold,
  type LineLog,
  LOG_MAX_LINES,
  mergeRings,
  newSeat,
  refused,
  sending,
} from './line-log.ts';

const ME = 'fan_me';

function ringLine(seq: number, over: Partial<Parameters<typeof mergeRings>[1] extends Iterable<infer L> ? L : never> = {}) {
  const base = { seq, id: `lin_${seq}`, fanId: 'fan_other', name: 'Other', role: 'fan', text: `line ${seq}`, atMs: 1_000 + seq };
  return { ...base, lane: 'event', replyTo: '', ...over };
}

const removal = (seq: number, over: { lineId?: string; fanId?: string; beforeMs?: number }) => ({
  seq,
  lineId: '',
  fanId: '',
  beforeMs: 0,
  ...over,
});

const own = (key: string, text: string, atMs = 5_000) => ({
  key,
  fanId: ME,
  name: 'Me',
  role: 'fan' as const,
  text,
  atMs,
  replyTo: '',
});
const texts = (log: LineLog) => log.lines.map(({ text }) => text);

describe('line log', () => {
  it('PS9 takes each line of a wrapped ring once, in order, and skips empty slots', () => {
    const first = mergeRings(EMPTY_LOG, [ringLine(1), ringLine(2), ringLine(0, { id: '' })], [], ME);
    const second = mergeRings(first, [ringLine(4), ringLine(2), ringLine(3)], [], ME);
    assert.deepEqual(texts(second), ['line 1', 'line 2', 'line 3', 'line 4']);
    assert.equal(second.lines[0], first.lines[0], 'a line that did not change keeps its identity');
  });

  it('PS9 is the same log when a patch brings nothing new', () => {
    const log = mergeRings(EMPTY_LOG, [ringLine(1)], [], ME);
    assert.equal(mergeRings(log, [ringLine(1)], [], ME), log);
  });

  it('PS9 shows a line once although the next section numbers it anew', () => {
    const log = newSeat(mergeRings(EMPTY_LOG, [ringLine(9, { id: 'lin_a', text: 'a' })], [], ME));
    const moved = mergeRings(
      log,
      [ringLine(1, { id: 'lin_a', text: 'a', atMs: 1_009 }), ringLine(2, { id: 'lin_b', text: 'b' })],
      [],
      ME,
    );
    assert.deepEqual(texts(moved).toSorted(), ['a', 'b']);
  });

  it('PS9 PS11 shows our line once when the ring comes before the answer', () => {
    let log = sending(EMPTY_LOG, own('k1', 'hello'));
    assert.deepEqual(log.lines[0]?.mine, { kind: 'sending' });
    log = mergeRings(log, [ringLine(1, { id: 'lin_x', fanId: ME, text: 'hello' })], [], ME);
    log = accepted(log, 'k1', { id: 'lin_x' as never, atMs: 1_001, fate: 'event' });
    assert.equal(log.lines.length, 1);
    assert.deepEqual(log.lines[0]?.mine, { kind: 'accepted', fate: 'event' });
    assert.equal(log.lines[0]?.key, 'k1', 'the page keeps its element');
  });

  it('PS9 PS11 shows our line once when the answer comes before the ring', () => {
    let log = sending(EMPTY_LOG, own('k1', 'hello'));
    log = accepted(log, 'k1', { id: 'lin_x' as never, atMs: 1_001, fate: 'section' });
    log = mergeRings(log, [ringLine(1, { id: 'lin_x', fanId: ME, text: 'hello' })], [], ME);
    assert.deepEqual(
      log.lines.map(({ id }) => id),
      ['lin_x'],
    );
  });

  it('PS11 keeps two lines with the same words apart', () => {
    let log = sending(sending(EMPTY_LOG, own('k1', 'hi')), own('k2', 'hi'));
    log = mergeRings(log, [ringLine(1, { id: 'lin_1', fanId: ME, text: 'hi' })], [], ME);
    log = accepted(log, 'k1', { id: 'lin_1' as never, atMs: 1_001, fate: 'event' });
    log = accepted(log, 'k2', { id: 'lin_2' as never, atMs: 1_002, fate: 'event' });
    assert.deepEqual(
      log.lines.map(({ id }) => id),
      ['lin_1', 'lin_2'],
    );
  });

  it('PS11 marks a refused line, and sends or forgets it on demand', () => {
    const no = refused(sending(EMPTY_LOG, own('k1', 'hi')), 'k1', { code: 'rate_limited', message: 'too fast' });
    assert.deepEqual(no.lines[0]?.mine, { kind: 'refused', code: 'rate_limited', message: 'too fast' });
    assert.equal(dismissed(no, no.lines[0]?.id ?? '').lines.length, 0);
    const again = sending(no, own('k1', 'hi'));
    assert.deepEqual(
      again.lines.map(({ mine }) => mine?.kind),
      ['sending'],
    );
    assert.equal(dismissed(again, again.lines[0]?.id ?? ''), again, 'what is on its way cannot be dismissed');
  });

  it('PS11 makes one line of a line that nobody confirmed and that everybody heard', () => {
    let log = refused(sending(EMPTY_LOG, own('k1', 'hi')), 'k1', { code: 'unavailable', message: 'Nobody confirmed this line.' });
    log = mergeRings(newSeat(log), [ringLine(1, { id: 'lin_1', fanId: ME, text: 'hi' })], [], ME);
    assert.deepEqual(
      log.lines.map(({ id, key, mine }) => [id, key, mine?.kind]),
      [['lin_1', 'k1', 'accepted']],
    );
  });

  it('PS11 takes the line that is on its way first, and leaves alone what was refused for a reason', () => {
    let log = refused(sending(EMPTY_LOG, own('k1', 'hi')), 'k1', { code: 'repeated', message: 'again' });
    log = refused(sending(log, own('k2', 'hi')), 'k2', { code: 'unavailable', message: 'lost' });
    log = mergeRings(sending(log, own('k3', 'hi')), [ringLine(1, { id: 'lin_1', fanId: ME, text: 'hi' })], [], ME);
    const kinds = Object.fromEntries(log.lines.map(({ key, mine }) => [key, mine?.kind]));
    assert.deepEqual(kinds, { k1: 'refused', k2: 'refused', k3: 'accepted' });
  });

  it('PS10 takes away one line, a fan’s lines up to a moment, and everybody’s', () => {
    const ring = [ringLine(1), ringLine(2, { fanId: 'fan_bad' }), ringLine(3, { fanId: 'fan_bad' }), ringLine(4)];
    const held = mergeRings(EMPTY_LOG, ring, [], ME);
    const one = mergeRings(held, ring, [removal(1, { lineId: 'lin_1' })], ME);
    assert.deepEqual(texts(one), ['line 2', 'line 3', 'line 4']);
    const fan = mergeRings(one, ring, [removal(2, { fanId: 'fan_bad', beforeMs: 1_002 })], ME);
    assert.deepEqual(texts(fan), ['line 3', 'line 4']);
    assert.deepEqual(texts(mergeRings(fan, ring, [removal(3, { beforeMs: 9_999 })], ME)), []);
  });

  it('PS10 keeps out a removed line that comes after its removal', () => {
    const log = mergeRings(EMPTY_LOG, [ringLine(1)], [removal(7, { lineId: 'lin_2' })], ME);
    assert.deepEqual(texts(mergeRings(log, [ringLine(1), ringLine(2)], [removal(7, { lineId: 'lin_2' })], ME)), ['line 1']);
  });

  it('PS12 keeps the newest 500 lines', () => {
    let log = EMPTY_LOG;
    for (let seq = 1; seq <= LOG_MAX_LINES + 40; seq++) log = mergeRings(log, [ringLine(seq)], [], ME);
    assert.equal(log.lines.length, LOG_MAX_LINES);
    assert.equal(log.lines.at(-1)?.text, `line ${LOG_MAX_LINES + 40}`);
  });

  it('PS12 keeps four times as many while somebody looks back, and 500 again afterwards', () => {
    let log = hold(EMPTY_LOG, true);
    for (let seq = 1; seq <= HELD_MAX_LINES + 40; seq++) log = mergeRings(log, [ringLine(seq)], [], ME);
    log = sending(log, own('k1', 'and I'));
    assert.equal(log.lines.length, HELD_MAX_LINES);
    assert.equal(hold(log, true), log);
    log = hold(log, false);
    assert.equal(log.lines.length, LOG_MAX_LINES);
    assert.equal(log.lines.at(-1)?.text, 'and I');
  });
});
