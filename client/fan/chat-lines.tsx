/**
 * The lines, newest at the bottom. Follows the end until the reader scrolls up; then holds still and counts.
 * One line at a time is active (hovered, tapped, or reached by arrow key) and shows its actions: a tab stop
 * per list, not two per line.
 */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { messages } from '../i18n/language.ts';
import type { ShownLine } from '../session/types.ts';
import { newSince, windowOf } from '../ui/chat-view.ts';
import { Icon } from '../ui/icons.tsx';
import { ChatLine } from './chat-line.tsx';
import { useParty } from './party.ts';

/** This close to the end counts as following it. */
const FOLLOW_WITHIN_PX = 40;

interface ChatLinesProps {
  readonly onReply: (line: ShownLine) => void;
  readonly onReport: (line: ShownLine) => void;
  /** Stands over the upper end of the list. */
  readonly children: ComponentChildren;
}

export function ChatLines({ onReply, onReport, children }: ChatLinesProps) {
  const { session } = useParty();
  const words = messages.value;
  const list = useRef<HTMLOListElement>(null);
  const over = useRef<HTMLDivElement>(null);
  /** While reading back: the first line drawn and the last one seen. */
  const held = useSignal<{ readonly firstId: string; readonly seenId: string } | null>(null);
  const scrolledPx = useRef(0);
  const activeId = useSignal<string | null>(null);
  const lines = session.lines.value;
  const shown = windowOf(lines, held.value?.firstId ?? null);
  const fresh = newSince(lines, held.value?.seenId ?? null);
  const fanId = session.fan.value?.id ?? '';
  const byId = new Map(lines.map((line) => [line.id, line]));

  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null && held.value === null) element.scrollTop = element.scrollHeight;
  }, [lines, held.value]);

  useEffect(() => {
    if (list.current === null || over.current === null) return undefined;
    return holdStill(list.current, over.current, () => held.value === null);
  }, [held]);

  const onScroll = () => {
    const element = list.current;
    if (element === null) return;
    const leftPx = element.scrollHeight - element.scrollTop - element.clientHeight;
    const isUpwards = element.scrollTop < scrolledPx.current;
    scrolledPx.current = element.scrollTop;
    const [first, last] = [shown[0], lines.at(-1)];
    // Of the smallest step back we take notice, or the next line would undo it.
    if (leftPx <= (isUpwards ? 1 : FOLLOW_WITHIN_PX)) held.value = null;
    else if (held.value === null && first !== undefined && last !== undefined)
      held.value = { firstId: first.id, seenId: last.id };
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
    <div class="lines-frame">
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
            quoted={line.replyTo === '' ? null : (byId.get(line.replyTo) ?? 'gone')}
            own={line.mine !== null || line.fanId === fanId}
            active={line.id === activeId.value}
            tabbable={line.id === tabbableId}
            words={words}
            session={session}
            onActive={() => {
              activeId.value = line.id;
            }}
            onReply={onReply}
            onReport={onReport}
          />
        ))}
      </ol>
      {held.value !== null && (
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
