/** Branded ids: a string becomes an id only by passing the schema that defines it. */
import { z } from 'zod';

/** Lower-case words joined by hyphens, as in `/e/:slug`. */
export const Slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/)
  .brand<'Slug'>();
export type Slug = z.infer<typeof Slug>;

export const LabelId = z
  .string()
  .regex(/^lbl_[0-9a-z]{12}$/)
  .brand<'LabelId'>();
export type LabelId = z.infer<typeof LabelId>;

export const EventId = z
  .string()
  .regex(/^evt_[0-9a-z]{12}$/)
  .brand<'EventId'>();
export type EventId = z.infer<typeof EventId>;

export const FanId = z
  .string()
  .regex(/^fan_[0-9a-z]{12}$/)
  .brand<'FanId'>();
export type FanId = z.infer<typeof FanId>;

export const StaffId = z
  .string()
  .regex(/^stf_[0-9a-z]{12}$/)
  .brand<'StaffId'>();
export type StaffId = z.infer<typeof StaffId>;

export const TrackId = z
  .string()
  .regex(/^trk_[0-9a-z]{12}$/)
  .brand<'TrackId'>();
export type TrackId = z.infer<typeof TrackId>;

export const LineId = z
  .string()
  .regex(/^lin_[0-9a-z]{16}$/)
  .brand<'LineId'>();
export type LineId = z.infer<typeof LineId>;

/** Who wrote a line: a fan or a member of staff. */
export const AuthorId = z.union([FanId, StaffId]);
export type AuthorId = z.infer<typeof AuthorId>;

/** A Colyseus room id; made per incarnation and never used again. */
export const RoomId = z
  .string()
  .regex(/^(?:stage|sec)-[A-Za-z0-9_-]{1,80}$/)
  .brand<'RoomId'>();
export type RoomId = z.infer<typeof RoomId>;

/** A Colyseus session id, chosen by doors and sealed in the ticket. */
export const SessionId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,32}$/)
  .brand<'SessionId'>();
export type SessionId = z.infer<typeof SessionId>;

/** Keyed hash of an address prefix: names a network without storing an address. */
export const AddressHash = z
  .string()
  .regex(/^[0-9a-f]{16}$/)
  .brand<'AddressHash'>();
export type AddressHash = z.infer<typeof AddressHash>;
