/** Where a listener is in the stage's stream of notices; loss on the bus is a value, not a surprise. */
import type { Cursor } from '../schemas/stage.ts';

/**
 * `next`: apply it. `stale`: drop it, it is known or from a stage that was replaced.
 * `gap`: a notice was missed, or another stage took over: load the snapshot.
 */
export function place(cursor: Cursor, notice: Cursor): 'next' | 'stale' | 'gap' {
  if (notice.epoch !== cursor.epoch) return notice.epoch < cursor.epoch ? 'stale' : 'gap';
  if (notice.seq <= cursor.seq) return 'stale';
  return notice.seq === cursor.seq + 1 ? 'next' : 'gap';
}
