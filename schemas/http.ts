/** Bodies of the HTTP interface: what doors and the pages exchange. */
import { z } from 'zod';
import { FanId, RoomId, SessionId, Slug, StaffId } from './ids.ts';
import { EMOJIS_MAX, TITLE_MAX_CHARS, URL_MAX_CHARS } from './limits.ts';

const CssColor = z.string().regex(/^#[0-9a-f]{6}$/i);

/** An event's brand: what becomes CSS custom properties on its pages. */
export const Theme = z.strictObject({
  accent: CssColor,
  background: CssColor,
  surface: CssColor,
  text: CssColor,
  /** '' or the URL of an image. */
  logo: z.string().max(URL_MAX_CHARS),
  backdrop: z.string().max(URL_MAX_CHARS),
  /** Font stacks, as CSS `font-family` takes them. */
  displayFont: z
    .string()
    .max(200)
    .regex(/^[\w\s,'"-]*$/),
  bodyFont: z
    .string()
    .max(200)
    .regex(/^[\w\s,'"-]*$/),
});
export type Theme = z.infer<typeof Theme>;

export const EventState = z.enum(['before', 'open', 'ended']);
export type EventState = z.infer<typeof EventState>;

/** `GET /api/events/:slug` */
export const EventSummary = z.strictObject({
  slug: Slug,
  title: z.string().max(TITLE_MAX_CHARS),
  artist: z.string().max(TITLE_MAX_CHARS),
  label: z.string().max(TITLE_MAX_CHARS),
  theme: Theme,
  doorsAtMs: z.number(),
  state: EventState,
  emojis: z.array(z.string().min(1).max(16)).max(EMOJIS_MAX),
  /** Origins that sell tickets, tried in order. */
  doors: z.array(z.string()),
  protocol: z.int(),
  serverTimeMs: z.number(),
});
export type EventSummary = z.infer<typeof EventSummary>;

/** `POST /api/events/:slug/tickets`. Names are checked by core, so that the refusal is `bad_name`. */
export const TicketRequest = z.strictObject({
  name: z.string().max(200).optional(),
  lineToken: z.string().max(600).optional(),
  invite: z.string().max(600).optional(),
});
export type TicketRequest = z.infer<typeof TicketRequest>;

/** A Colyseus seat reservation, as `consumeSeatReservation` takes it. */
export const Seat = z.strictObject({
  name: z.enum(['section', 'stage']),
  sessionId: SessionId,
  roomId: RoomId,
  processId: z.string(),
  publicAddress: z.string().optional(),
});
export type Seat = z.infer<typeof Seat>;

export const TicketGranted = z.strictObject({
  ticket: z.string(),
  seat: Seat,
  fan: z.strictObject({ id: z.union([FanId, StaffId]), token: z.string(), name: z.string() }),
  /** Event time when the reply was written: the first clock sample. */
  serverTimeMs: z.number(),
  doors: z.array(z.string()),
  /** One seat in a hundred reports its playback error with its clock pings. */
  marked: z.boolean(),
  protocol: z.int(),
});
export type TicketGranted = z.infer<typeof TicketGranted>;

export const TicketInLine = z.strictObject({
  placeInLine: z.int().min(1),
  retryInMs: z.int().min(0),
  lineToken: z.string(),
});
export type TicketInLine = z.infer<typeof TicketInLine>;
