/** The event store in memory, and events to put into it. */
import type { EventStore, Invite, LabelBan, PartyEvent } from '../../rooms/ports.ts';
import type { Rank, StaffMember } from '../../schemas/chat.ts';
import { EventId, LabelId, Slug, StaffId, TrackId } from '../../schemas/ids.ts';
import type { Track } from '../../schemas/playback.ts';

function track(n: number, durationMs: number | null = 180_000): Track {
  const id = TrackId.parse(`trk_${String(n).padStart(12, '0')}`);
  return {
    id,
    title: `Track ${n}`,
    artist: 'Band',
    album: 'Album',
    art: '',
    durationMs,
    source: { kind: 'file', url: `/m/${n}.mp3` },
  };
}

export function staffMember(n: number, rank: Rank): StaffMember {
  return { id: StaffId.parse(`stf_${String(n).padStart(12, '0')}`), name: `Staff ${n}`, rank, untilMs: null, revoked: false };
}

export function partyEvent(n: number, given: Partial<PartyEvent> = {}): PartyEvent {
  return {
    id: EventId.parse(`evt_${String(n).padStart(12, '0')}`),
    labelId: LabelId.parse('lbl_000000000001'),
    labelName: 'Label',
    slug: Slug.parse(`night-${n}`),
    title: `Night ${n}`,
    artist: 'Band',
    theme: {
      accent: '#ff0000',
      background: '#000000',
      surface: '#111111',
      text: '#ffffff',
      logo: '',
      backdrop: '',
      displayFont: '',
      bodyFont: '',
    },
    doorsAtMs: 0,
    state: 'open',
    emojis: ['❤️', '🔥'],
    reservedNames: ['Band'],
    allowedOrigins: [],
    setlist: [track(1), track(2), track(3)],
    autoplay: true,
    ...given,
  };
}

export interface MemoryEvents extends EventStore {
  readonly events: Map<EventId, PartyEvent>;
  readonly invites: Map<string, Invite>;
  readonly bans: LabelBan[];
}

export function memoryEvents(events: readonly PartyEvent[], staff: ReadonlyMap<EventId, StaffMember[]>): MemoryEvents {
  const byId = new Map(events.map((event) => [event.id, event]));
  const invites = new Map<string, Invite>();
  const bans: LabelBan[] = [];
  const staffOf = new Map([...staff].map(([id, members]) => [id, [...members]]));
  return {
    events: byId,
    invites,
    bans,
    eventBySlug: async (slug) => [...byId.values()].find((event) => event.slug === slug) ?? null,
    eventById: async (id) => byId.get(id) ?? null,
    openEvents: async () => [...byId.values()].filter((event) => event.state !== 'ended'),
    async saveEvent(event) {
      byId.set(event.id, event);
      return event;
    },
    async setEventState(id, state) {
      const event = byId.get(id);
      if (event !== undefined) byId.set(id, { ...event, state });
    },
    async saveInvite(invite) {
      invites.set(invite.id, invite);
      staffOf.set(invite.eventId, [...(staffOf.get(invite.eventId) ?? []), invite.staff]);
    },
    openInvite: async (eventId, id) => [...invites.values()].find((one) => one.id === id && one.eventId === eventId) ?? null,
    staffOf: async (eventId) => staffOf.get(eventId) ?? [],
    async revokeStaff(eventId, staffId) {
      staffOf.set(
        eventId,
        (staffOf.get(eventId) ?? []).map((member) => (member.id === staffId ? { ...member, revoked: true } : member)),
      );
    },
    async saveLabelBan(ban) {
      await this.liftLabelBan(ban.labelId, ban.fanId);
      bans.push(ban);
    },
    async liftLabelBan(labelId, fanId) {
      const kept = bans.filter((ban) => ban.labelId !== labelId || ban.fanId !== fanId);
      bans.splice(0, bans.length, ...kept);
    },
    labelBans: async (labelId, nowMs) =>
      bans.filter((ban) => ban.labelId === labelId && (ban.untilMs === null || nowMs < ban.untilMs)),
  };
}
