/**
 * The lines, newest at the bottom. Follows the end until the reader scrolls up or walks into it by keyboard; then holds still
 * and counts.
 * One line at a time is active (hovered, tapped, or reached by arrow key) and shows its actions: a tab stop
 * per list, not two per line.
 */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { messages } from '../i18n/language.ts';
import type { ShownLine } from '../session/types.ts';
import { isForMe, mentionOf, newSince, windowOf } from '../ui/chat-view.ts';
import { Icon } from '../ui/icons.tsx';
import { ChatLine } from './chat-line.tsx';
import { useParty } from './party.ts';

/** This close to the end counts as following it. */
const FOLLOW_WITHIN_PX = 40;

/** While reading back: why, the first line drawn, and the last one seen. */
interface Held {
  readonly by: 'scroll' | 'focus';
  readonly firstId: string;
  readonly seenId: string;
}

interface ChatLinesProps {
  /** Fans whose lines are not shown. */
  readonly hiddenIds: ReadonlySet<string>;
  readonly onReply: (line: ShownLine) => void;
  readonly onReport: (line: ShownLine) => void;
  readonly onHide: (line: ShownLine) => void;
  /** Stands over the upper end of the list. */
  readonly children: ComponentChildren;
}

export function ChatLines({ hiddenIds, onReply, onReport, onHide, children }: ChatLinesProps) {
  const { session } = useParty();
  const words = messages.value;
  const list = useRef<HTMLOListElement>(null);
  const over = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const held = useSignal<Held | null>(null);
  const scrolledPx = useRef(0);
  const activeId = useSignal<string | null>(null);
  const lines = session.lines.value;
  const isHeld = held.value !== null;
  const isShown = (line: ShownLine) => !hiddenIds.has(line.fanId);
  const shown = windowOf(lines, held.value?.firstId ?? null).filter(isShown);
  const since = newSince(lines, held.value?.seenId ?? null);
  const fresh = since === 0 ? 0 : lines.slice(-since).filter(isShown).length;
  const fanId = session.fan.value?.id ?? '';
  const fanName = session.fan.value?.name ?? '';
  const namesMe = useMemo(() => mentionOf(fanName), [fanName]);
  const byId = new Map(lines.map((line) => [line.id, line]));

  /** Whether the focus is in the lines, or in a dialog about one. */
  const isHere = (focused: Element | null) =>
    focused !== null && (frame.current?.contains(focused) === true || focused.closest('dialog') !== null);

  useLayoutEffect(() => {
    const element = list.current;
    // A line that was taken away took the focus with it, and told nobody.
    if (held.value?.by === 'focus' && !isHere(document.activeElement)) held.value = null;
    if (element !== null && held.value === null) element.scrollTop = element.scrollHeight;
  }, [lines, held.value]);

  useEffect(() => {
    if (list.current === null || over.current === null) return undefined;
    return holdStill(list.current, over.current, () => held.value === null);
  }, [held]);

  useEffect(() => {
    session.holdLines(isHeld);
    return () => session.holdLines(false);
  }, [session, isHeld]);

  /** Holds still from here on; what is held stays, and what was seen counts from the first time. */
  const hold = (by: Held['by']) => {
    const [first, last] = [shown[0], lines.at(-1)];
    if (held.value !== null) held.value = { ...held.value, by };
    else if (first !== undefined && last !== undefined) held.value = { by, firstId: first.id, seenId: last.id };
  };

  const onScroll = () => {
    const element = list.current;
    if (element === null) return;
    const leftPx = element.scrollHeight - element.scrollTop - element.clientHeight;
    const isUpwards = element.scrollTop < scrolledPx.current;
    scrolledPx.current = element.scrollTop;
    // Of the smallest step back we take notice, or the next line would undo it.
    const isAtEnd = leftPx <= (isUpwards ? 1 : FOLLOW_WITHIN_PX);
    if (!isAtEnd && (isUpwards || held.value === null)) hold('scroll');
    if (!isAtEnd) return;
    held.value = null;
    // The line that the keyboard is on stays where it is, at the end as well.
    if (element.querySelector(':focus-visible') !== null) hold('focus');
  };

  const onFocusOut = ({ relatedTarget }: FocusEvent) => {
    // When the whole window loses the focus, the line keeps it in the document.
    const to = relatedTarget instanceof Element ? relatedTarget : document.activeElement;
    if (held.value?.by === 'focus' && !isHere(to)) held.value = null;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const at = shown.findIndex((line) => line.id === activeId.value);
    const to = nextIndex(event.key, at, shown.length);
    const line = to === undefined ? undefined : shown[to];
    if (line === undefined) return;
    event.preventDefault();
    activeId.value = line.id;
    const row = list.current?.querySelector<HTMLElement>(`[data-line="${line.id}"]`);
    row?.focus();
  };

  const tabbableId = shown.some((line) => line.id === activeId.value) ? activeId.value : (shown.at(-1)?.id ?? null);

  return (
    <div class="lines-frame" ref={frame} onFocusOut={onFocusOut}>
      <div ref={over} class="lines-over">
        {children}
      </div>
      {/* Not a live region: ChatAnnouncer speaks, at a pace that can be followed. */}
      <ol
        ref={list}
        class="lines"
        role="list"
        aria-label={words.chatLines}
        tabIndex={shown.length === 0 ? 0 : -1}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onFocusIn={(event) => {
          if (held.value === null && event.target instanceof Element && event.target.matches(':focus-visible')) hold('focus');
        }}
        onPointerLeave={(event) => {
          // A finger leaves with every tap, before the tap counts: what it was about to press must still be there.
          if (event.pointerType === 'mouse') activeId.value = null;
        }}
      >
        {shown.length === 0 && <li class="lines-quiet">{words.quiet}</li>}
        {shown.map((line) => (
          <ChatLine
            key={line.key ?? line.id}
            line={line}
            quoted={quotedBy(line, byId, isShown)}
            own={line.mine !== null || line.fanId === fanId}
            forMe={isForMe(line, byId.get(line.replyTo), namesMe)}
            active={line.id === activeId.value}
            tabbable={line.id === tabbableId}
            words={words}
            session={session}
            onActive={() => {
              activeId.value = line.id;
            }}
            onReply={onReply}
            onReport={onReport}
            onHide={onHide}
          />
        ))}
      </ol>
      {(held.value?.by === 'scroll' || fresh > 0) && (
        <button
          type="button"
          class="new-pill"
          onClick={() => {
            held.value = null;
          }}
        >
          {fresh > 0 ? words.newLines(fresh) : words.jumpToNew}
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function quotedBy(
  { replyTo }: ShownLine,
  byId: ReadonlyMap<string, ShownLine>,
  isShown: (line: ShownLine) => boolean,
): ShownLine | 'gone' | 'hidden' | null {
  if (replyTo === '') return null;
  const quoted = byId.get(replyTo);
  if (quoted === undefined) return 'gone';
  return isShown(quoted) ? quoted : 'hidden';
}

/**
 * Lets what stands `over` the list cover it instead of pushing it down, and moves no line when that, or anything else around
 * the list, comes, goes or grows: a list that is followed stays at its end, another scrolls by as much. Call the result to stop.
 */
function holdStill(list: HTMLElement, over: HTMLElement, isFollowing: () => boolean): () => void {
  const edgePx = () => list.getBoundingClientRect().top + over.offsetHeight;
  let heldPx = edgePx();
  const observer = new ResizeObserver(() => {
    const movedPx = edgePx() - heldPx;
    heldPx += movedPx;
    list.style.setProperty('--covered', `${over.offsetHeight}px`);
    if (isFollowing()) list.scrollTop = list.scrollHeight;
    else list.scrollTop += movedPx;
  });
  observer.observe(list);
  observer.observe(over);
  return () => observer.disconnect();
}

/** Where an arrow key leads from `at` (−1: nowhere yet); undefined for other keys. */
function nextIndex(key: string, at: number, length: number): number | undefined {
  const from = at < 0 ? length : at;
  switch (key) {
    case 'ArrowUp':
      return Math.max(0, from - 1);
    case 'ArrowDown':
      return Math.min(length - 1, from + 1);
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return undefined;
  }
}
