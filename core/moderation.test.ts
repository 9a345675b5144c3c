import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Rank, Role, type Sanction } from '../schemas/chat.ts';
import { COMMAND_NAMES, COMMANDS, type Command } from '../schemas/commands.ts';
import { addressOf, fanIdOf, lineOf, sanctionOf, staffIdOf, staffOf } from '../tests/support/samples.ts';
import { atLeast, authorise, holds, muteFor, prune, roleOf, sanctionFor, takesAway } from './moderation.ts';

const DAY_MS = 24 * 3_600_000;
const refused = { code: 'not_allowed' };
const ban = (over: object = {}): Command => ({
  name: 'ban',
  payload: { fanId: fanIdOf(1), forMs: DAY_MS, scope: 'event', reason: 'spam', ...over },
});
const unban: Command = { name: 'unban', payload: { fanId: fanIdOf(1) } };
const revoke: Command = { name: 'revoke', payload: { staffId: staffIdOf(2) } };
const pause: Command = { name: 'pause', payload: {} };
const say: Command = { name: 'say', payload: { text: 'hi' } };

describe('ranks', () => {
  it('MD1 allows every command from the rank of its row in the registry, and not below', () => {
    for (const name of COMMAND_NAMES) {
      for (const rank of Rank.options) {
        const command = { name, payload: { rank: 'moderator', forMs: 1_000, scope: 'event' } } as unknown as Command;
        const attempt = () => authorise(staffOf(1, rank), command, {}, 0);
        if (atLeast(rank, COMMANDS[name].rank)) assert.doesNotThrow(attempt, `${rank} ${name}`);
        else assert.throws(attempt, refused, `${rank} ${name}`);
      }
    }
  });

  it('MD2 gives nothing to staff who are revoked or whose time is over', () => {
    assert.throws(() => authorise(staffOf(1, 'owner', { revoked: true }), say, {}, 0), refused);
    assert.throws(() => authorise(staffOf(1, 'owner', { untilMs: 5_000 }), say, {}, 5_000), refused);
    assert.doesNotThrow(() => authorise(staffOf(1, 'host', { untilMs: 5_000 }), pause, {}, 4_999));
    assert.equal(roleOf(undefined, 0), 'fan');
    assert.equal(roleOf(staffOf(1, 'host'), 0), 'host');
  });

  it('MD3 leaves bans of the label, for ever, or beyond a day to hosts', () => {
    const moderator = staffOf(1, 'moderator');
    assert.doesNotThrow(() => authorise(moderator, ban(), {}, 0));
    for (const over of [{ scope: 'label' }, { forMs: null }, { forMs: DAY_MS + 1 }]) {
      assert.throws(() => authorise(moderator, ban(over), {}, 0), refused);
      assert.doesNotThrow(() => authorise(staffOf(1, 'host'), ban(over), {}, 0));
    }
  });

  it("MD4 keeps moderators from lifting or replacing a host's ban", () => {
    const hosts = [sanctionOf(), sanctionOf({ scope: 'label', untilMs: 1_000 }), sanctionOf({ atMs: 5, untilMs: DAY_MS + 6 })];
    for (const command of [ban(), unban]) {
      for (const inForce of hosts) {
        assert.throws(() => authorise(staffOf(1, 'moderator'), command, { ban: inForce }, 0), refused);
        assert.doesNotThrow(() => authorise(staffOf(1, 'host'), command, { ban: inForce }, 0));
      }
      const own = sanctionOf({ atMs: 5, untilMs: DAY_MS + 5 });
      assert.doesNotThrow(() => authorise(staffOf(1, 'moderator'), command, { ban: own }, 0));
    }
  });

  it('MD5 lets nobody act on staff of their own rank or above', () => {
    for (const rank of Rank.options) {
      for (const role of Role.options) {
        const attempt = () => authorise(staffOf(1, rank), ban({ forMs: 1_000 }), { who: { id: fanIdOf(1), role } }, 0);
        if (role === 'fan' || !atLeast(role, rank)) assert.doesNotThrow(attempt, `${rank} on ${role}`);
        else assert.throws(attempt, refused, `${rank} on ${role}`);
      }
    }
    assert.throws(() => authorise(staffOf(1, 'host'), revoke, { who: { id: staffIdOf(2), role: 'host' } }, 0), refused);
    assert.doesNotThrow(() => authorise(staffOf(1, 'owner'), revoke, { who: { id: staffIdOf(2), role: 'host' } }, 0));
  });

  it('MD5 lets staff take back their own line, and pin any line', () => {
    const deletion: Command = { name: 'delete-line', payload: { lineId: lineOf(1).id } };
    const pin: Command = { name: 'pin', payload: { lineId: lineOf(1).id } };
    const moderator = staffOf(1, 'moderator');
    assert.doesNotThrow(() => authorise(moderator, deletion, { who: { id: staffIdOf(1), role: 'moderator' } }, 0));
    assert.throws(() => authorise(moderator, deletion, { who: { id: staffIdOf(2), role: 'moderator' } }, 0), refused);
    assert.doesNotThrow(() => authorise(moderator, pin, { who: { id: staffIdOf(2), role: 'host' } }, 0));
  });

  it('MD6 invites up to the own rank', () => {
    const invite = (rank: Rank): Command => ({ name: 'invite', payload: { name: 'Jo', rank, forMs: 1_000 } });
    assert.doesNotThrow(() => authorise(staffOf(1, 'host'), invite('host'), {}, 0));
    assert.throws(() => authorise(staffOf(1, 'host'), invite('owner'), {}, 0), refused);
    assert.throws(() => authorise(staffOf(1, 'moderator'), invite('moderator'), {}, 0), refused);
  });
});

describe('sanctions', () => {
  const guest = { fanId: fanIdOf(1), addressHash: addressOf(7), sinceMs: 500 };
  const stranger = { fanId: fanIdOf(2), addressHash: addressOf(7), sinceMs: 2_000 };

  it('MD7 holds until its end, and without an end until it is lifted', () => {
    assert.equal(holds(sanctionOf({ untilMs: 10 }), 9), true);
    assert.equal(holds(sanctionOf({ untilMs: 10 }), 10), false);
    assert.equal(holds(sanctionOf(), Number.MAX_SAFE_INTEGER), true);
    assert.deepEqual(prune([sanctionOf({ untilMs: 10 }), sanctionOf({ untilMs: 11 })], 10), [sanctionOf({ untilMs: 11 })]);
  });

  it('MD8 keeps out the fan whom a kick or a ban names, a mute nobody', () => {
    for (const kind of ['kick', 'ban'] as const) {
      const given = sanctionOf({ kind, untilMs: 5_000 });
      assert.equal(sanctionFor([given], guest, 4_999), given);
      assert.equal(sanctionFor([given], guest, 5_000), undefined);
      assert.equal(sanctionFor([given], stranger, 0), undefined);
    }
    assert.equal(sanctionFor([sanctionOf({ kind: 'mute' })], guest, 0), undefined);
  });

  it('MD9 refuses identities made after a ban on its network, and leaves the neighbours alone', () => {
    const given = sanctionOf({ addressHash: addressOf(7), atMs: 1_000 });
    assert.equal(sanctionFor([given], stranger, 3_000), given, 'a new cookie');
    assert.equal(sanctionFor([given], { ...stranger, sinceMs: 1_000 }, 3_000), undefined, 'someone who was there before');
    assert.equal(sanctionFor([given], { ...stranger, addressHash: addressOf(8) }, 3_000), undefined, 'another network');
    assert.equal(sanctionFor([given], { ...stranger, addressHash: null }, 3_000), undefined, 'an unknown network');
    const kick = { ...given, kind: 'kick' as const };
    assert.equal(sanctionFor([kick], stranger, 3_000), undefined, 'a kick names the fan only');
    const nameOnly = { ...given, addressHash: null };
    assert.equal(sanctionFor([nameOnly], { ...stranger, addressHash: null }, 3_000), undefined, 'no network is not a network');
  });

  it('MD10 tells of the ban before the kick, and of the one that holds longest', () => {
    const kick = sanctionOf({ kind: 'kick', untilMs: 9_000 });
    const short = sanctionOf({ untilMs: 2_000 });
    const long = sanctionOf({ untilMs: 3_000, scope: 'label' });
    const forever = sanctionOf({ untilMs: null });
    const shuffled = fc.shuffledSubarray([kick, short, long, forever], { minLength: 1 });
    fc.assert(
      fc.property(shuffled, (sanctions: Sanction[]) => {
        const best = [forever, long, short, kick].find((one) => sanctions.includes(one));
        assert.equal(sanctionFor(sanctions, guest, 1_000), best);
      }),
    );
  });

  it('MD11 mutes the fan it names for its time', () => {
    const mute = sanctionOf({ kind: 'mute', untilMs: 5_000 });
    assert.equal(muteFor([sanctionOf(), mute], fanIdOf(1), 4_999), mute);
    assert.equal(muteFor([mute], fanIdOf(1), 5_000), undefined);
    assert.equal(muteFor([mute], fanIdOf(2), 0), undefined);
  });

  it('MD12 takes away the line, the fan’s lines, or all lines up to its moment, and nothing said after', () => {
    const line = lineOf(1, { atMs: 1_000 });
    assert.equal(takesAway({ kind: 'line', lineId: line.id }, line), true);
    assert.equal(takesAway({ kind: 'line', lineId: lineOf(2).id }, line), false);
    assert.equal(takesAway({ kind: 'fan', fanId: fanIdOf(1), beforeMs: 1_000 }, line), true);
    assert.equal(takesAway({ kind: 'fan', fanId: fanIdOf(1), beforeMs: 999 }, line), false);
    assert.equal(takesAway({ kind: 'fan', fanId: fanIdOf(2), beforeMs: 1_000 }, line), false);
    assert.equal(takesAway({ kind: 'all', beforeMs: 1_000 }, line), true);
    assert.equal(takesAway({ kind: 'all', beforeMs: 999 }, line), false);
  });
});
