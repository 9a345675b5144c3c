/** What every event store must do. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { EventStore, Invite, LabelBan, PartyEvent, PersonalBans } from '../../rooms/ports.ts';
import { Slug, TrackId } from '../../schemas/ids.ts';
import { addressHash, eventId, fanId, labelId, staffId } from './samples.ts';

export interface MadeEventStore {
  readonly store: EventStore & PersonalBans;
  dispose(): Promise<void>;
}

const slug = (text: string) => Slug.parse(text);

function party(n: number, change: Partial<PartyEvent> = {}): PartyEvent {
  return {
    id: eventId(n),
    labelId: labelId(1),
    labelName: 'Night Bus Records',
    slug: slug(`party-${n}`),
    title: 'The “Late” Album',
    artist: 'The House Band',
    theme: {
      accent: '#ff5500',
      background: '#101014',
      surface: '#1c1c22',
      text: '#ffffff',
      logo: '',
      backdrop: '',
      displayFont: "Georgia, 'Times New Roman', serif",
      bodyFont: 'system-ui',
    },
    doorsAtMs: 1_763_770_000_123.5,
    state: 'open',
    emojis: ['🎸', '❤️'],
    reservedNames: ['House Band'],
    allowedOrigins: ['https://band.example'],
    setlist: [
      {
        id: TrackId.parse('trk_000000000001'),
        source: { kind: 'file', url: '/media/one.flac' },
        title: 'One',
        artist: '',
        album: '',
        art: '',
        durationMs: 60_000,
      },
    ],
    autoplay: true,
    ...change,
  };
}

function invitation(n: number, change: Partial<Invite['staff']> = {}): Invite {
  return {
    id: `secret-${n}`,
    eventId: eventId(1),
    staff: { id: staffId(n), name: `Host ${n}`, rank: 'host', untilMs: 10_000, revoked: false, ...change },
    rank: 'host',
    openedAtMs: null,
  };
}

function ban(n: number, change: Partial<LabelBan> = {}): LabelBan {
  return {
    labelId: labelId(1),
    fanId: fanId(n),
    name: 'Mallory',
    addressHash: addressHash(n),
    atMs: n,
    untilMs: null,
    by: staffId(1),
    reason: 'spam',
    ...change,
  };
}

export function describeEventStore(name: string, make: () => Promise<MadeEventStore>): void {
  describe(`EventStore contract: ${name}`, () => {
    let made: MadeEventStore;
    let store: EventStore & PersonalBans;
    beforeEach(async () => {
      made = await make();
      store = made.store;
    });
    afterEach(() => made.dispose());

    it('EV1 gives back an event as it was saved, by slug and by id', async () => {
      assert.deepEqual(await store.saveEvent(party(1)), party(1));
      assert.deepEqual(await store.eventBySlug(slug('party-1')), party(1));
      assert.deepEqual(await store.eventById(eventId(1)), party(1));
      assert.equal(await store.eventBySlug(slug('party-2')), null);
      assert.equal(await store.eventById(eventId(2)), null);
    });

    it('EV2 replaces an event by slug; its id and its label stay those of the first', async () => {
      await store.saveEvent(party(1));
      const again = party(2, {
        slug: slug('party-1'),
        labelId: labelId(2),
        labelName: 'Day Bus Records',
        title: 'New',
        setlist: [],
      });
      const expected = { ...again, id: eventId(1), labelId: labelId(1) };
      assert.deepEqual(await store.saveEvent(again), expected);
      assert.deepEqual(await store.eventBySlug(slug('party-1')), expected);
      assert.equal(await store.eventById(eventId(2)), null);
    });

    it('EV3 lists the events that are not over', async () => {
      await store.saveEvent(party(1, { doorsAtMs: 30 }));
      await store.saveEvent(party(2, { doorsAtMs: 20, state: 'before' }));
      await store.saveEvent(party(3, { doorsAtMs: 10 }));
      await store.setEventState(eventId(3), 'ended');
      assert.deepEqual(
        (await store.openEvents()).map(({ id }) => id),
        [eventId(2), eventId(1)],
      );
      assert.equal((await store.eventById(eventId(3)))?.state, 'ended');
    });

    it('EV4 opens an invitation once, even for two at the same moment', async () => {
      await store.saveEvent(party(1));
      await store.saveInvite(invitation(1));
      const opened = await Promise.all([
        store.openInvite(eventId(1), 'secret-1', 5_000),
        store.openInvite(eventId(1), 'secret-1', 5_000),
      ]);
      assert.deepEqual(
        opened.filter((invite) => invite !== null),
        [{ ...invitation(1), openedAtMs: 5_000 }],
      );
      await store.saveInvite(invitation(1));
      assert.equal(await store.openInvite(eventId(1), 'secret-1', 6_000), null);
    });

    it('EV4 opens no invitation that is unknown, over, or revoked', async () => {
      await store.saveEvent(party(1));
      for (const n of [1, 2]) await store.saveInvite(invitation(n));
      await store.saveInvite(invitation(3, { untilMs: null }));
      await store.revokeStaff(eventId(1), staffId(2));
      assert.equal(await store.openInvite(eventId(1), 'secret-9', 0), null);
      assert.equal(await store.openInvite(eventId(1), 'secret-1', 10_000), null);
      assert.equal(await store.openInvite(eventId(1), 'secret-2', 0), null);
      assert.equal(await store.openInvite(eventId(2), 'secret-3', 0), null);
      assert.equal((await store.openInvite(eventId(1), 'secret-3', 1e15))?.staff.id, staffId(3));
    });

    it('EV5 lists the staff of one event, the revoked marked', async () => {
      await store.saveEvent(party(1));
      await store.saveEvent(party(2));
      await store.saveInvite(invitation(1));
      await store.saveInvite(invitation(2, { rank: 'moderator' }));
      await store.saveInvite({ ...invitation(3), eventId: eventId(2) });
      await store.revokeStaff(eventId(1), staffId(1));
      await store.revokeStaff(eventId(1), staffId(3));
      assert.deepEqual(await store.staffOf(eventId(1)), [
        { ...invitation(1).staff, revoked: true },
        { ...invitation(2).staff, rank: 'host' },
      ]);
      assert.deepEqual(await store.staffOf(eventId(2)), [invitation(3).staff]);
    });

    it('EV6 keeps the bans of a label until they end or are lifted', async () => {
      await store.saveLabelBan(ban(1));
      await store.saveLabelBan(ban(2, { untilMs: 1_000, addressHash: null }));
      await store.saveLabelBan(ban(3));
      await store.saveLabelBan(ban(4, { labelId: labelId(2) }));
      await store.liftLabelBan(labelId(1), fanId(3));
      await store.liftLabelBan(labelId(1), fanId(4));
      assert.deepEqual(await store.labelBans(labelId(1), 999), [ban(1), ban(2, { untilMs: 1_000, addressHash: null })]);
      assert.deepEqual(await store.labelBans(labelId(1), 1_000), [ban(1)]);
      assert.deepEqual(await store.labelBans(labelId(2), 0), [ban(4, { labelId: labelId(2) })]);
    });

    it('EV6 a later ban of the same fan replaces the earlier one', async () => {
      await store.saveLabelBan(ban(1, { untilMs: 1_000 }));
      await store.saveLabelBan(ban(1, { untilMs: null, reason: 'again' }));
      assert.deepEqual(await store.labelBans(labelId(1), 5_000), [ban(1, { reason: 'again' })]);
    });

    it('EV9 gives all bans of a fan, forgets those that are over, and whom the others name', async () => {
      await store.saveLabelBan(ban(1, { untilMs: 1_000 }));
      await store.saveLabelBan(ban(1, { labelId: labelId(2) }));
      await store.saveLabelBan(ban(2));
      assert.deepEqual(await store.labelBansOf(fanId(1)), [ban(1, { untilMs: 1_000 }), ban(1, { labelId: labelId(2) })]);
      assert.equal(await store.eraseFan(fanId(1), 1_000), 2);
      assert.deepEqual(await store.labelBansOf(fanId(1)), [ban(1, { labelId: labelId(2), name: '', reason: '' })]);
      assert.deepEqual(await store.labelBansOf(fanId(2)), [ban(2)]);
      assert.equal(await store.eraseFan(fanId(9), 0), 0);
    });

    it('EV9 prunes bans that are over', async () => {
      await store.saveLabelBan(ban(1, { untilMs: 1_000 }));
      await store.saveLabelBan(ban(2, { untilMs: 2_000 }));
      await store.saveLabelBan(ban(3));
      assert.deepEqual([await store.pruneLabelBans(2_000), await store.pruneLabelBans(2_000)], [1, 0]);
      assert.deepEqual(await store.labelBans(labelId(1), 0), [ban(2, { untilMs: 2_000 }), ban(3)]);
    });
  });
}
