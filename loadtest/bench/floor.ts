/** What the floor's two ends agree on. */

/** As long as one line of chat with its frame, as it was measured on the wire. */
export const FLOOR_FRAME_BYTES = 160;
/** Whoever sends this has everybody sent one frame; any other byte comes back. */
export const FLOOR_SPEAK = 1;
export const FLOOR_HELLO = 2;
