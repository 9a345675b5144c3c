/** The chat as staff see it: what everyone sees, or what comes from all sections; every line with its tools. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { hostMessages } from '../i18n/host-language.ts';
import type { FeedView } from '../session/staff-types.ts';
import type { ShownLine } from '../session/types.ts';
import { newSince } from '../ui/chat-view.ts';
import { Icon } from '../ui/icons.tsx';
import { useDesk, useStage } from './desk.ts';
import { HostLine } from './host-line.tsx';
import { SayBox } from './say-box.tsx';

/** Lines drawn; older ones are in the journal. */
const SHOWN_LINES = 150;
const FOLLOW_WITHIN_PX = 40;

type HostShownLine = Pick<ShownLine, 'id' | 'fanId' | 'name' | 'role' | 'text' | 'atMs' | 'replyTo'> & {
  readonly key?: string;
  readonly section: string;
};

export function HostChat() {
  const { session } = useDesk();
  const words = hostMessages.value;
  const view = useStage();
  const everywhere = useSignal(false);
  const seenId = useSignal<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const lines = (everywhere.value ? fromFeed(view.feed) : session.lines.value.map((line) => ({ ...line, section: '' }))).slice(
    -SHOWN_LINES,
  );
  const byId = new Map(lines.map((line) => [line.id, line]));
  const fresh = newSince(lines, seenId.value);

  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null && seenId.value === null) element.scrollTop = element.scrollHeight;
  }, [lines, seenId.value]);

  return (
    <section class="host-chat card" aria-label={words.chat}>
      <header class="card-head">
        <h2 class="card-title">{words.chat}</h2>
        <div class="segments" role="group" aria-label={words.chat}>
          <Segment on={!everywhere.value} label={words.shownToAll} onChoose={() => (everywhere.value = false)} />
          <Segment on={everywhere.value} label={words.allSections} onChoose={() => (everywhere.value = true)} />
        </div>
      </header>
      <div class="lines-frame">
        {/* Focusable, since it scrolls. */}
        <ol
          ref={list}
          class="lines"
          role="list"
          tabIndex={0}
          aria-label={words.chat}
          onScroll={(event) => {
            const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
            if (scrollHeight - scrollTop - clientHeight <= FOLLOW_WITHIN_PX) seenId.value = null;
            else seenId.value ??= lines.at(-1)?.id ?? null;
          }}
        >
          {lines.length === 0 && <li class="lines-quiet">{words.noLines}</li>}
          {lines.map((line) => (
            <HostLine key={line.key ?? line.id} line={line} quoted={byId.get(line.replyTo)} section={line.section} />
          ))}
        </ol>
        {seenId.value !== null && fresh > 0 && (
          <button
            type="button"
            class="new-pill"
            onClick={() => {
              seenId.value = null;
            }}
          >
            {fresh}
            <Icon name="down" />
          </button>
        )}
      </div>
      <SayBox />
    </section>
  );
}

function fromFeed(feed: readonly FeedView[]): readonly HostShownLine[] {
  const seen = new Set<string>();
  return feed
    .filter(({ line }) => !seen.has(line.id) && seen.add(line.id))
    .map(({ line, section }) => ({ ...line, section }))
    .toSorted((a, b) => a.atMs - b.atMs);
}

interface SegmentProps {
  readonly on: boolean;
  readonly label: string;
  readonly disabled?: boolean;
  readonly onChoose: () => void;
}

export function Segment({ on, label, disabled = false, onChoose }: SegmentProps) {
  return (
    <button type="button" class="segment" aria-pressed={on} disabled={disabled} onClick={onChoose}>
      {label}
    </button>
  );
}
