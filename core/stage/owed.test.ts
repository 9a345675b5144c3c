import assert from 'node:assert/strict';
import type { StageSnapshot } from '../../schemas/stage.ts';
import { command } from '../../tests/contract/samples.ts';
import { fanIdOf, lineIdOf, sanctionOf, setlistOf, staffIdOf, staffOf, stageOf } from '../../tests/support/samples.ts';
import { owedBy } from './owed.ts';

const host = staffOf(1, 'host');
const done = { staffId: host.id, staffName: host.name, result: 'done', atMs: 7_000 } as const;
const stage = (over: Partial<StageSnapshot> = {}): StageSnapshot => ({
  ...stageOf(setlistOf(60_000), { staff: [host] }),
  ...over,
});

describe('what a committed command owes', () => {
  it('SE53 a staff line, as it was said', () => {
    const said = command(1, { ...done, command: 'say', payload: { text: ' hel\u200blo ' }, reply: { lineId: lineIdOf(3) } });
    const line = { id: lineIdOf(3), fanId: host.id, name: host.name, role: 'host', text: 'hello', atMs: 7_000, replyTo: '' };
    assert.deepEqual(owedBy(said, stage()), [{ kind: 'say', line }]);
    assert.deepEqual(owedBy({ ...said, result: 'muted' }, stage()), [], 'what was refused owes nothing');
  });

  it('SE53 an invitation, to whoever is on the staff still, and what was revoked', () => {
    const reply = { staffId: host.id, url: 'https://party.example/host/night#invite=abc' };
    const invited = command(1, { ...done, command: 'invite', payload: {}, reply });
    assert.deepEqual(owedBy(invited, stage()), [{ kind: 'invite', inviteId: 'abc', member: host }]);
    assert.deepEqual(owedBy(invited, stage({ staff: [] })), []);
    const revoked = command(2, { ...done, command: 'revoke', payload: { staffId: staffIdOf(2) } });
    assert.deepEqual(owedBy(revoked, stage()), [{ kind: 'revoke', staffId: staffIdOf(2) }]);
  });

  it('SE53 a ban of the label while it is the last word about the fan, and its end', () => {
    const ban = sanctionOf({ kind: 'ban', fanId: fanIdOf(2), scope: 'label', atMs: 7_000 });
    const given = command(1, { ...done, command: 'ban', payload: { fanId: fanIdOf(2) } });
    assert.deepEqual(owedBy(given, stage({ sanctions: [ban] })), [{ kind: 'label-ban', sanction: ban }]);
    assert.deepEqual(owedBy(given, stage({ sanctions: [{ ...ban, scope: 'event' }] })), [
      { kind: 'lift-label-ban', fanId: fanIdOf(2) },
    ]);
    assert.deepEqual(owedBy(given, stage({ sanctions: [{ ...ban, atMs: 8_000 }] })), []);
    const lifted = command(2, { ...done, command: 'unban', payload: { fanId: fanIdOf(2) } });
    assert.deepEqual(owedBy(lifted, stage()), [{ kind: 'lift-label-ban', fanId: fanIdOf(2) }]);
    assert.deepEqual(owedBy(lifted, stage({ sanctions: [ban] })), []);
  });

  it('SE53 the end, unless the event began anew; and all that is in the snapshot nothing', () => {
    const ended = command(1, { ...done, command: 'end', payload: {} });
    assert.deepEqual(owedBy(ended, stage({ ended: true })), [{ kind: 'end' }]);
    assert.deepEqual(owedBy(ended, stage()), []);
    assert.deepEqual(owedBy(command(1, { ...done, command: 'announce', payload: { text: 'hi' } }), stage()), []);
  });
});
