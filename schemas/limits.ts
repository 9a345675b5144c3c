/** Every bound that crosses a wire. A number lives here once, with its unit in its name. */

export const LINE_MAX_CHARS = 500;
export const LINE_MAX_BYTES = 2_048;
export const NAME_MAX_CHARS = 32;
export const REASON_MAX_CHARS = 200;
export const TITLE_MAX_CHARS = 200;
export const URL_MAX_CHARS = 2_048;
export const KEY_MAX_CHARS = 64;

/** Slots of the ring of shown lines: more than `LINES_PER_S` and a line of a lively section × the longest beat. */
export const LINE_RING_SLOTS = 64;
export const REMOVAL_RING_SLOTS = 64;
export const FEED_RING_SLOTS = 100;
export const LOG_RING_SLOTS = 50;

/** What a person can read: lines per second over both lanes. */
export const LINES_PER_S = 10;

export const BEAT_MIN_MS = 100;
/** The longest beat of a house that keeps up: lines are on the screen within 3 s. */
export const BEAT_FULL_HOUSE_MS = 2_500;
/** Of one that is late: it speaks as seldom as it has to, before it loses anybody. */
export const BEAT_MAX_MS = 5_000;

/** A cue's lead: nobody applies before everybody can know. */
export const CUE_LEAD_MIN_MS = 300;
export const CUE_LEAD_MAX_MS = 5_000;

export const SETLIST_MAX_TRACKS = 200;
export const TRACK_MAX_MS = 24 * 3_600_000;
/** The longest mute, kick, ban with an end, or invite. */
export const SANCTION_MAX_MS = 366 * 24 * 3_600_000;
/** A moderator's ban may last this long; a host's has no bound. */
export const MODERATOR_BAN_MAX_MS = 24 * 3_600_000;
export const KICK_DEFAULT_MS = 5 * 60_000;
export const SLOW_MODE_MAX_MS = 10 * 60_000;
export const REACTIONS_PER_REQUEST = 20;
export const EMOJIS_MAX = 12;
export const HISTORY_MAX_LINES = 200;
export const FIND_MAX_FANS = 50;

/** A section's seats: small enough to leave cheaply, large enough to be a crowd. */
export const SECTION_SEATS = 2_000;
export const TICKET_TTL_MS = 30_000;
/** A client that has not acknowledged its join by then is cut (4103). */
export const JOIN_ACK_TIMEOUT_MS = 10_000;
/** How long a dropped fan's own seat is kept for the one retry. */
export const SEAT_RETRY_MS = 5_000;
