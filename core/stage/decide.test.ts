import assert from 'node:assert/strict';
import { COMMAND_NAMES, COMMANDS, type Command, type CommandName } from '../../schemas/commands.ts';
import { KICK_DEFAULT_MS } from '../../schemas/limits.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';
import {
  addressOf,
  countingIds,
  fanIdOf,
  lineIdOf,
  lineOf,
  sanctionOf,
  staffIdOf,
  staffOf,
  stageOf,
} from '../../tests/support/samples.ts';
import { applyNotice } from './apply.ts';
import { decide } from './decide.ts';
import type { Decision, StageContext } from './decision.ts';

const NOW_MS = 50_000;
const host = staffOf(5, 'host');
const fan = { id: fanIdOf(1), name: 'Fan 1', addressHash: addressOf(7), role: 'fan' as const };
const line = lineOf(1, { fanId: fan.id, atMs: 40_000 });

/** Reads the payload as a room does, then decides. */
function give<N extends CommandName>(name: N, fields: object = {}, over: Partial<StageContext> = {}): Decision {
  const command = { name, payload: COMMANDS[name].payload.parse(fields) } as Command;
  return decide({ snapshot: stageOf(), member: host, newId: countingIds(), leadMs: 300, line, fan, ...over }, command, NOW_MS);
}

function after(decision: Decision, snapshot: StageSnapshot = stageOf()): StageSnapshot {
  return applyNotice(snapshot, { epoch: snapshot.epoch, seq: snapshot.seq + 1, changes: decision.changes });
}

const nothing = { changes: [], effects: [], reply: { revision: 0 } };

describe('staff commands', () => {
  it('ST20 says a staff line under its own name and rank, now', () => {
    const said = give('say', { text: ' hello ', replyTo: lineIdOf(5) });
    const id = lineIdOf(1);
    const expected = { id, fanId: host.id, name: host.name, role: 'host', text: 'hello', atMs: NOW_MS, replyTo: lineIdOf(5) };
    assert.deepEqual(said, { changes: [], reply: { revision: 0, lineId: id }, effects: [{ kind: 'say', line: expected }] });
    const [effect] = give('say', { text: 'hello' }).effects;
    assert.ok(effect?.kind === 'say');
    assert.equal(effect.line.replyTo, '');
  });

  it('ST20 cleans what staff say, announce and give as a reason, and refuses what cannot be seen', () => {
    const [effect] = give('say', { text: 'one\n\u202etwo\u0000' }).effects;
    assert.ok(effect?.kind === 'say');
    assert.equal(effect.line.text, 'one two');
    assert.deepEqual(give('announce', { text: 'a\u200bb' }).changes, [{ kind: 'policy', policy: { announcement: 'ab' } }]);
    for (const name of ['say', 'announce'] as const)
      assert.throws(() => give(name, { text: '\u095c'.repeat(400) }), { code: 'too_long' }, 'NFC takes that letter apart');
    for (const name of ['say', 'announce'] as const) assert.throws(() => give(name, { text: '\u200b\u2800' }), { code: 'empty' });
    const [kicked] = give('kick', { fanId: fan.id, reason: 'spam\n\u202e' }).changes;
    assert.ok(kicked?.kind === 'sanction');
    assert.equal(kicked.sanction.reason, 'spam');
  });

  it('ST21 changes one field of the policy, and none when it is so already', () => {
    const cases = [
      ['announce', { text: 'Soon' }, { announcement: 'Soon' }],
      ['chat-mode', { mode: 'emoji' }, { chatMode: 'emoji' }],
      ['slow-mode', { everyMs: 5_000 }, { slowMs: 5_000 }],
      ['links', { allow: 'staff' }, { links: 'staff' }],
      ['doors', { open: false }, { doors: 'closed' }],
      ['pin', { lineId: line.id }, { pinnedLine: line }],
    ] as const;
    for (const [name, payload, policy] of cases) {
      const decision = give(name, payload);
      assert.deepEqual(decision, { ...nothing, changes: [{ kind: 'policy', policy }] }, name);
      assert.deepEqual(give(name, payload, { snapshot: after(decision) }), nothing, `${name} again`);
    }
    const announced = after(give('announce', { text: 'Soon' }));
    assert.equal(after(give('clear-announcement', {}, { snapshot: announced }), announced).policy.announcement, '');
    const closed = after(give('doors', { open: false }));
    assert.equal(after(give('doors', { open: true }, { snapshot: closed }), closed).policy.doors, 'open');
    assert.deepEqual(give('unpin'), nothing);
  });

  it('ST22 pins a line that is known and has not been taken away', () => {
    assert.throws(() => give('pin', { lineId: line.id }, { line: undefined }), { code: 'unknown_line' });
    const purged = after(give('purge', { fanId: fan.id }));
    assert.throws(() => give('pin', { lineId: line.id }, { snapshot: purged }), { code: 'unknown_line' });
  });

  it('ST23 takes away a line, all of a fan’s, or everybody’s', () => {
    const removalOf = (decision: Decision) => after(decision).removals.map(({ removal }) => removal);
    assert.deepEqual(removalOf(give('delete-line', { lineId: line.id })), [{ kind: 'line', lineId: line.id }]);
    assert.deepEqual(removalOf(give('purge', { fanId: fan.id })), [{ kind: 'fan', fanId: fan.id, beforeMs: NOW_MS }]);
    assert.deepEqual(removalOf(give('clear-chat')), [{ kind: 'all', beforeMs: NOW_MS }]);
    assert.throws(() => give('delete-line', { lineId: line.id }, { line: undefined }), { code: 'unknown_line' });
    assert.throws(() => give('purge', { fanId: fan.id }, { fan: undefined }), { code: 'unknown_fan' });
  });

  it('ST24 unpins what it takes away; emptying the chat leaves the pin', () => {
    const pinned = after(give('pin', { lineId: line.id }));
    const pinAfter = (name: CommandName, fields: object, over: Partial<StageContext> = {}) =>
      after(give(name, fields, { snapshot: pinned, ...over }), pinned).policy.pinnedLine;
    assert.equal(pinAfter('delete-line', { lineId: line.id }), null);
    assert.equal(pinAfter('purge', { fanId: fan.id }), null);
    assert.deepEqual(pinAfter('clear-chat', {}), line);
    assert.deepEqual(pinAfter('delete-line', { lineId: lineIdOf(2) }, { line: lineOf(2) }), line);
    assert.deepEqual(pinAfter('purge', { fanId: fanIdOf(2) }, { fan: { ...fan, id: fanIdOf(2) } }), line);
  });

  it('MD13 mutes, kicks for five minutes unless said otherwise, and bans with the network', () => {
    const given = sanctionOf({ kind: 'mute', atMs: NOW_MS, untilMs: NOW_MS + 60_000, by: host.id, reason: '' });
    const only = (decision: Decision) => after(decision).sanctions;
    assert.deepEqual(only(give('mute', { fanId: fan.id, forMs: 60_000 })), [given]);
    const kick = { ...given, kind: 'kick', untilMs: NOW_MS + KICK_DEFAULT_MS, reason: 'rude' };
    assert.deepEqual(only(give('kick', { fanId: fan.id, reason: 'rude' })), [kick]);
    assert.deepEqual(only(give('kick', { fanId: fan.id, forMs: 1_000 }))[0]?.untilMs, NOW_MS + 1_000);
    const ban = { ...given, kind: 'ban', addressHash: addressOf(7), untilMs: null, reason: 'spam' };
    const banned = give('ban', { fanId: fan.id, forMs: null, scope: 'event', reason: 'spam' });
    assert.deepEqual(only(banned), [ban]);
    assert.deepEqual(banned.effects, []);
    assert.throws(() => give('mute', { fanId: fan.id, forMs: 60_000 }, { fan: undefined }), { code: 'unknown_fan' });
  });

  it('MD14 keeps a label’s ban for the label, and takes it back when it is lifted or narrowed', () => {
    const banned = give('ban', { fanId: fan.id, forMs: null, scope: 'label', reason: 'spam' });
    const [sanction] = after(banned).sanctions;
    assert.deepEqual(banned.effects, [{ kind: 'label-ban', sanction }]);
    const snapshot = after(banned);
    const narrowed = give('ban', { fanId: fan.id, forMs: 60_000, scope: 'event', reason: 'spam' }, { snapshot });
    assert.deepEqual(narrowed.effects, [{ kind: 'lift-label-ban', fanId: fan.id }]);
    const lifted = give('unban', { fanId: fan.id }, { snapshot });
    assert.deepEqual(lifted.effects, [{ kind: 'lift-label-ban', fanId: fan.id }]);
    assert.deepEqual(after(lifted, snapshot).sanctions, []);
    assert.deepEqual(give('unban', { fanId: fan.id }).effects, [{ kind: 'lift-label-ban', fanId: fan.id }], 'set elsewhere');
  });

  it('MD15 lifts what is in force, and says so when nothing is', () => {
    const muted = after(give('mute', { fanId: fan.id, forMs: 60_000 }));
    assert.deepEqual(after(give('unmute', { fanId: fan.id }, { snapshot: muted }), muted).sanctions, []);
    assert.throws(() => give('unmute', { fanId: fan.id }), { code: 'unknown_fan' });
    const expired = { ...stageOf(), sanctions: [sanctionOf({ kind: 'mute', untilMs: NOW_MS })] };
    assert.throws(() => give('unmute', { fanId: fan.id }, { snapshot: expired }), { code: 'unknown_fan' });
    const member = staffOf(2, 'moderator');
    const banned = { ...stageOf(), sanctions: [sanctionOf({ atMs: NOW_MS, untilMs: NOW_MS + 60_000 })] };
    const lifted = give('unban', { fanId: fan.id }, { member, snapshot: banned });
    assert.deepEqual(lifted, { ...nothing, changes: [{ kind: 'lift', sanction: 'ban', fanId: fan.id }] });
    assert.throws(() => give('unban', { fanId: fan.id }, { member }), { code: 'unknown_fan' });
  });

  it('MD16 looks at who is meant: a line’s author by present rank, a fan by role, staff by the snapshot', () => {
    const member = staffOf(2, 'moderator');
    const hostsLine = lineOf(2, { fanId: host.id, role: 'host' });
    const refused = { code: 'not_allowed' };
    const fields = { lineId: hostsLine.id };
    assert.throws(() => give('delete-line', fields, { member, line: hostsLine }), refused);
    const former = stageOf(undefined, { staff: [{ ...host, revoked: true }] });
    assert.equal(give('delete-line', fields, { member, line: hostsLine, snapshot: former }).changes.length, 1);
    for (const name of ['mute', 'kick', 'ban', 'purge'] as const) {
      const payload = { mute: { forMs: 1_000 }, kick: {}, ban: { forMs: 1_000, scope: 'event', reason: 'x' }, purge: {} }[name];
      const attempt = () => give(name, { fanId: fan.id, ...payload }, { member, fan: { ...fan, role: 'host' } });
      assert.throws(attempt, refused, name);
    }
    assert.throws(
      () => give('unban', { fanId: fan.id }, { member, snapshot: { ...stageOf(), sanctions: [sanctionOf()] } }),
      refused,
    );
  });

  it('MD17 takes the stage’s word on who acts: staff who were revoked there can do nothing', () => {
    const snapshot = stageOf(undefined, { staff: [{ ...host, revoked: true }] });
    for (const name of COMMAND_NAMES) {
      const command = { name, payload: {} } as Command;
      const context = { snapshot, member: host, newId: countingIds(), leadMs: 300 };
      assert.throws(() => decide(context, command, NOW_MS), { code: 'not_allowed' }, name);
    }
  });

  it('MD18 invites a member of staff under a name that is nobody else’s', () => {
    const invited = give('invite', { name: 'Jo', rank: 'moderator', forMs: 3_600_000 });
    const member = { id: staffIdOf(1), name: 'Jo', rank: 'moderator', untilMs: NOW_MS + 3_600_000, revoked: false };
    assert.deepEqual(invited.changes, [{ kind: 'staff', member }]);
    assert.deepEqual(invited.reply, { revision: 0, staffId: staffIdOf(1) });
    assert.deepEqual(invited.effects, [{ kind: 'invite', inviteId: '2'.padStart(24, '0'), member }]);
    const snapshot = after(invited);
    const again = () => give('invite', { name: 'jо', rank: 'host', forMs: 1_000 }, { snapshot });
    assert.throws(again, { code: 'bad_payload' });
    const left = { ...snapshot, staff: snapshot.staff.map((one) => ({ ...one, revoked: true })) };
    assert.equal(give('invite', { name: 'Jo', rank: 'host', forMs: 1_000 }, { snapshot: left }).changes.length, 1);
  });

  it('MD19 revokes staff below the own rank, once', () => {
    const snapshot = stageOf(undefined, { staff: [staffOf(2, 'moderator'), staffOf(3, 'host')] });
    const revoked = give('revoke', { staffId: staffIdOf(2) }, { snapshot });
    assert.deepEqual(revoked.changes, [{ kind: 'staff', member: staffOf(2, 'moderator', { revoked: true }) }]);
    assert.deepEqual(revoked.effects, [{ kind: 'revoke', staffId: staffIdOf(2) }]);
    assert.deepEqual(give('revoke', { staffId: staffIdOf(2) }, { snapshot: after(revoked, snapshot) }).changes, []);
    assert.throws(() => give('revoke', { staffId: staffIdOf(3) }, { snapshot }), { code: 'not_allowed' });
    assert.throws(() => give('revoke', { staffId: staffIdOf(9) }, { snapshot }), { code: 'unknown_fan' });
  });

  it('ST25 ends the event; afterwards staff can only read', () => {
    const ended = after(give('end'));
    assert.equal(ended.ended, true);
    for (const name of COMMAND_NAMES) {
      const command = { name, payload: { rank: 'moderator', forMs: 1_000 } } as unknown as Command;
      const context = { snapshot: ended, member: host, newId: countingIds(), leadMs: 300, line, fan };
      if ('query' in COMMANDS[name]) assert.doesNotThrow(() => decide(context, command, NOW_MS), name);
      else assert.throws(() => decide(context, command, NOW_MS), { code: 'not_allowed' }, name);
    }
  });

  it('ST26 hands queries on, and changes nothing', () => {
    assert.deepEqual(give('find-fan', { name: 'Ada' }), { ...nothing, effects: [{ kind: 'find-fan', query: { name: 'Ada' } }] });
    assert.deepEqual(give('history', { limit: 5 }), { ...nothing, effects: [{ kind: 'history', query: { limit: 5 } }] });
    const query = { sinceMs: 0, stepMs: 1_000 };
    assert.deepEqual(give('facts', query), { ...nothing, effects: [{ kind: 'facts', query }] });
  });
});
