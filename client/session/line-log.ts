/**
 * The lines that a page shows: merged from the rings of the sections it sat in, its own echoes and what moderation
 * took away. Pure: every function returns a new log, or the same one when nothing changed; lines keep their identity.
 */
import type { Refusal } from '../../schemas/errors.ts';
import type { ChatReply } from '../../schemas/section-messages.ts';
import type { LineState, RemovalState } from '../../schemas/section-state.ts';
import type { ShownLine } from './types.ts';

/** Lines kept; older ones are forgotten. */
export const LOG_MAX_LINES = 500;
/** Lines kept while somebody looks back: what they read stays for minutes, also in the loudest room. */
export const HELD_MAX_LINES = 2_000;
/** Prefix of a line's id until the section gives it one. */
const OWN_PREFIX = 'own:';

export interface LineLog {
  /** Oldest first. */
  readonly lines: readonly ShownLine[];
  /** The last ring position taken in, per ring of the current seat. */
  readonly lineSeq: number;
  readonly removalSeq: number;
  readonly maxLines: number;
}

export const EMPTY_LOG: LineLog = { lines: [], lineSeq: 0, removalSeq: 0, maxLines: LOG_MAX_LINES };

type RingLine = Readonly<Pick<LineState, 'seq' | 'id' | 'fanId' | 'name' | 'role' | 'text' | 'atMs' | 'lane' | 'replyTo'>>;
type RingRemoval = Readonly<Pick<RemovalState, 'seq' | 'lineId' | 'fanId' | 'beforeMs'>>;

/** A new seat numbers its rings from the start; what is held stays, and is recognised by id. */
export function newSeat(log: LineLog): LineLog {
  return { ...log, lineSeq: 0, removalSeq: 0 };
}

/** While `isHeld`, somebody looks back: old lines are not forgotten as soon. */
export function hold(log: LineLog, isHeld: boolean): LineLog {
  const maxLines = isHeld ? HELD_MAX_LINES : LOG_MAX_LINES;
  if (maxLines === log.maxLines) return log;
  return { ...log, maxLines, lines: log.lines.length > maxLines ? log.lines.slice(-maxLines) : log.lines };
}

function isRemoved(line: ShownLine, removal: RingRemoval): boolean {
  if (removal.lineId) return line.id === removal.lineId;
  if (line.mine && line.mine.kind !== 'accepted') return false;
  return (!removal.fanId || line.fanId === removal.fanId) && line.atMs <= removal.beforeMs;
}

/** Puts a line where its moment belongs; lines without an answer stay at the end. */
function insert(lines: ShownLine[], line: ShownLine): void {
  let at = lines.length;
  for (; at > 0; at--) {
    const before = lines[at - 1] as ShownLine;
    const unanswered = before.mine !== null && before.mine.kind !== 'accepted';
    if (!unanswered && before.atMs <= line.atMs) break;
  }
  lines.splice(at, 0, line);
}

function shown(line: RingLine, ownId: string | null): ShownLine {
  const lane = line.lane === 'event' ? 'event' : 'section';
  return {
    id: line.id,
    fanId: line.fanId,
    name: line.name,
    role: line.role as ShownLine['role'],
    text: line.text,
    atMs: line.atMs,
    lane,
    replyTo: line.replyTo,
    mine: line.fanId === ownId ? { kind: 'accepted', fate: lane } : null,
  };
}

/**
 * Where the line of ours is that the ring brings back, perhaps before its answer does: then the answer's place is taken by it.
 * Also one that nobody confirmed may have been heard; one that was refused for another reason was not. −1: nowhere.
 */
function indexOfEcho(lines: readonly ShownLine[], line: ShownLine): number {
  const isSaidBy = (own: ShownLine) => own.fanId === line.fanId && own.text === line.text && own.replyTo === line.replyTo;
  const onItsWay = lines.findIndex((own) => own.mine?.kind === 'sending' && isSaidBy(own));
  if (onItsWay >= 0) return onItsWay;
  return lines.findIndex((own) => own.mine?.kind === 'refused' && own.mine.code === 'unavailable' && isSaidBy(own));
}

/** Takes in the rings of the section's state. `ownId`: the fan's own id. */
export function mergeRings(
  log: LineLog,
  ring: Iterable<RingLine>,
  removals: Iterable<RingRemoval>,
  ownId: string | null,
): LineLog {
  const known = [...removals].filter((removal) => removal.seq > 0);
  const fresh = [...ring].filter((line) => line.seq > log.lineSeq && line.id !== '').toSorted((a, b) => a.seq - b.seq);
  const taken = known.filter((removal) => removal.seq > log.removalSeq);
  if (fresh.length === 0 && taken.length === 0) return log;

  const lines =
    taken.length === 0 ? [...log.lines] : log.lines.filter((line) => !taken.some((removal) => isRemoved(line, removal)));
  let changed = lines.length !== log.lines.length;
  for (const ringLine of fresh) {
    const line = shown(ringLine, ownId);
    if (known.some((removal) => isRemoved(line, removal)) || lines.some((held) => held.id === line.id)) continue;
    const own = indexOfEcho(lines, line);
    const key = own < 0 ? undefined : lines.splice(own, 1)[0]?.key;
    insert(lines, key === undefined ? line : { ...line, key });
    changed = true;
  }
  return {
    ...log,
    lines: changed ? lines.slice(-log.maxLines) : log.lines,
    lineSeq: fresh.at(-1)?.seq ?? log.lineSeq,
    removalSeq: taken.reduce((seq, removal) => Math.max(seq, removal.seq), log.removalSeq),
  };
}

export interface OwnLine {
  /** The page's own name for the line: the same key is the same line. */
  readonly key: string;
  readonly fanId: string;
  readonly name: string;
  readonly role: ShownLine['role'];
  readonly text: string;
  readonly atMs: number;
  readonly replyTo: string;
}

/** Shows our line while it is on its way, again after a refusal too. */
export function sending(log: LineLog, own: OwnLine): LineLog {
  const { key, ...line } = own;
  const rest = log.lines.filter((held) => held.key !== key);
  const shownLine: ShownLine = { ...line, key, id: `${OWN_PREFIX}${key}`, lane: 'section', mine: { kind: 'sending' } };
  return { ...log, lines: [...rest, shownLine].slice(-log.maxLines) };
}

/** The answer to `key` came: from now on the line has its id. */
export function accepted(log: LineLog, key: string, reply: Pick<ChatReply, 'id' | 'atMs' | 'fate'>): LineLog {
  const own = log.lines.find((line) => line.key === key);
  if (!own) return log;
  const lines = log.lines.filter((line) => line !== own);
  const held = lines.findIndex((line) => line.id === reply.id);
  // A neighbour that says the same words in the same moment is another line: only the id decides.
  if (held >= 0) lines[held] = { ...(lines[held] as ShownLine), key, mine: { kind: 'accepted', fate: reply.fate } };
  else {
    const lane = reply.fate === 'event' ? 'event' : 'section';
    insert(lines, { ...own, id: reply.id, atMs: reply.atMs, lane, mine: { kind: 'accepted', fate: reply.fate } });
  }
  return { ...log, lines };
}

/** `key` was refused, or nobody answered it: the page says so and offers to send it again or to drop it. */
export function refused(log: LineLog, key: string, { code, message }: Pick<Refusal, 'code' | 'message'>): LineLog {
  return {
    ...log,
    lines: log.lines.map((line) =>
      line.key === key && line.mine?.kind === 'sending' ? { ...line, mine: { kind: 'refused', code, message } } : line,
    ),
  };
}

/** Forgets a refused line. */
export function dismissed(log: LineLog, lineId: string): LineLog {
  const lines = log.lines.filter((line) => line.id !== lineId || line.mine?.kind !== 'refused');
  return lines.length === log.lines.length ? log : { ...log, lines };
}
