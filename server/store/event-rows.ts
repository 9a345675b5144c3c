/** Between the event store's rows and the values of its port. */
import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { LabelBan, PartyEvent } from '../../rooms/ports.ts';
import { StaffMember } from '../../schemas/chat.ts';
import { EventState, Theme } from '../../schemas/http.ts';
import { AddressHash, EventId, FanId, LabelId, Slug, StaffId } from '../../schemas/ids.ts';
import { Track } from '../../schemas/playback.ts';
import type { EventPageTable, EventTable, LabelBanTable, StaffTable } from './event-schema.ts';

const Strings = z.array(z.string());
const Setlist = z.array(Track);

export function eventRow(event: PartyEvent): EventTable {
  return {
    id: event.id,
    label_id: event.labelId,
    slug: event.slug,
    title: event.title,
    artist: event.artist,
    theme: JSON.stringify(event.theme),
    doors_at_ms: event.doorsAtMs,
    state: event.state,
    emojis: JSON.stringify(event.emojis),
    reserved_names: JSON.stringify(event.reservedNames),
    allowed_origins: JSON.stringify(event.allowedOrigins),
    setlist: JSON.stringify(event.setlist),
    autoplay: event.autoplay ? 1 : 0,
  };
}

/** An event without what only its stage needs. */
export type EventPage = Omit<PartyEvent, 'setlist' | 'reservedNames' | 'autoplay'>;

export function pageOf(row: EventPageTable): EventPage {
  return {
    id: EventId.parse(row.id),
    labelId: LabelId.parse(row.label_id),
    labelName: row.label_name,
    slug: Slug.parse(row.slug),
    title: row.title,
    artist: row.artist,
    theme: Theme.parse(JSON.parse(row.theme)),
    doorsAtMs: row.doors_at_ms,
    state: EventState.parse(row.state),
    emojis: Strings.parse(JSON.parse(row.emojis)),
    allowedOrigins: Strings.parse(JSON.parse(row.allowed_origins)),
  };
}

export function eventOf(row: Selectable<EventTable> & EventPageTable): PartyEvent {
  return {
    ...pageOf(row),
    reservedNames: Strings.parse(JSON.parse(row.reserved_names)),
    setlist: Setlist.parse(JSON.parse(row.setlist)),
    autoplay: row.autoplay === 1,
  };
}

export function staffRow(eventId: EventId, member: StaffMember): StaffTable {
  const { id, name, rank, untilMs, revoked } = member;
  return { event_id: eventId, id, name, rank, until_ms: untilMs, revoked: revoked ? 1 : 0 };
}

export function staffOfRow(row: Omit<Selectable<StaffTable>, 'event_id'>): StaffMember {
  const { id, name, rank, until_ms, revoked } = row;
  return StaffMember.parse({ id, name, rank, untilMs: until_ms, revoked: revoked === 1 });
}

export function banRow(ban: LabelBan): LabelBanTable {
  return {
    label_id: ban.labelId,
    fan_id: ban.fanId,
    name: ban.name,
    address_hash: ban.addressHash,
    at_ms: ban.atMs,
    until_ms: ban.untilMs,
    by_staff_id: ban.by,
    reason: ban.reason,
  };
}

export function banOf(row: Selectable<LabelBanTable>): LabelBan {
  return {
    labelId: LabelId.parse(row.label_id),
    fanId: FanId.parse(row.fan_id),
    name: row.name,
    addressHash: AddressHash.nullable().parse(row.address_hash),
    atMs: row.at_ms,
    untilMs: row.until_ms,
    by: StaffId.parse(row.by_staff_id),
    reason: row.reason,
  };
}

export function inviteHash(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
