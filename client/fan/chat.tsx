/** The room's voice: pinned line, lines, and the way to add one. */
import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Policy } from '../../schemas/chat.ts';
import type { Messages } from '../i18n/en.ts';
import { messages } from '../i18n/language.ts';
import type { PartyView, ShownLine } from '../session/types.ts';
import { type HiddenFan, type HiddenFans, hiddenFansAt } from '../ui/hidden-fans.ts';
import { Icon } from '../ui/icons.tsx';
import { ChatAnnouncer } from './chat-announcer.tsx';
import { ChatLines } from './chat-lines.tsx';
import { Composer } from './composer.tsx';
import { Notices } from './notices.tsx';
import { useParty } from './party.ts';
import { ReportDialog } from './report-dialog.tsx';

export function Chat({ view, reconnecting }: { readonly view: PartyView; readonly reconnecting: boolean }) {
  const words = messages.value;
  const answering = useSignal<ShownLine | null>(null);
  const reporting = useSignal<ShownLine | null>(null);
  const { session } = useParty();
  const hidden = hiddenFansAt(session.event.value?.slug ?? '');
  /** Whom the fan hid last, while that can be taken back here. */
  const lastHidden = useSignal<HiddenFan | null>(null);
  const section = useRef<HTMLElement>(null);
  const titleId = useId();
  const notes = chatNotes(words, view);
  return (
    <section ref={section} class="chat" id="chat" aria-labelledby={titleId} tabIndex={-1}>
      <h2 class="chat-title" id={titleId}>
        {words.chat}
      </h2>
      <ChatLines
        hiddenIds={new Set(hidden.fans.value.map(({ id }) => id))}
        onReply={(line) => {
          answering.value = line;
        }}
        onReport={(line) => {
          reporting.value = line;
        }}
        onHide={({ fanId, name }) => {
          lastHidden.value = { id: fanId, name };
          hidden.hide(lastHidden.value);
        }}
      >
        {/* What stays goes first: then what comes and goes moves nothing. */}
        {view.policy.pinnedLine !== null && <Pinned line={view.policy.pinnedLine} />}
        <Notices announcement={view.policy.announcement} reconnecting={reconnecting} />
      </ChatLines>
      {/* Both stand here from the start: what comes together with its live region is often not announced. */}
      <p class="chat-notes" role="status">
        {notes.join(' · ')}
      </p>
      <div role="status">
        {lastHidden.value !== null && (
          <JustHidden
            key={lastHidden.value.id}
            fan={lastHidden.value}
            hidden={hidden}
            onDone={() => {
              lastHidden.value = null;
              section.current?.focus();
            }}
          />
        )}
      </div>
      <Composer view={view} answering={answering} />
      <ChatAnnouncer hidden={hidden} />
      {reporting.value !== null && (
        <ReportDialog
          line={reporting.value}
          onClose={() => {
            reporting.value = null;
          }}
        />
      )}
    </section>
  );
}

/** What is special about the chat right now; nothing, on most evenings. */
function chatNotes(words: Messages, view: PartyView): readonly string[] {
  const { policy } = view;
  if (policy.chatMode === 'closed') return [words.modeClosed];
  if (policy.chatMode === 'staff') return [words.modeStaff];
  return [
    ...(policy.chatMode === 'emoji' ? [words.modeEmoji] : []),
    ...(policy.slowMs > 0 ? [words.slowMode(Math.round(policy.slowMs / 1_000))] : []),
    ...(policy.links === 'staff' && policy.chatMode === 'open' ? [words.linksOff] : []),
    ...(view.chat === 'crowded' ? [words.modeCrowded] : []),
  ];
}

interface JustHiddenProps {
  readonly fan: HiddenFan;
  readonly hidden: HiddenFans;
  readonly onDone: () => void;
}

function JustHidden({ fan, hidden, onDone }: JustHiddenProps) {
  const words = messages.value;
  const undo = useRef<HTMLButtonElement>(null);
  // The button that hid the line went with it, and the focus with the button.
  useEffect(() => undo.current?.focus(), []);
  return (
    <p class="notice notice-quiet">
      {words.hidden(fan.name)}
      <span class="notice-tools">
        <button
          ref={undo}
          type="button"
          class="text-button"
          onClick={() => {
            hidden.show(fan.id);
            onDone();
          }}
        >
          {words.undo}
        </button>
        <button type="button" class="icon-button" aria-label={words.dismiss} onClick={onDone}>
          <Icon name="close" />
        </button>
      </span>
    </p>
  );
}

function Pinned({ line }: { readonly line: NonNullable<Policy['pinnedLine']> }) {
  return (
    <aside class="pinned" aria-label={messages.value.pinned}>
      <Icon name="pin" />
      <p>
        <b>{line.name}</b> {line.text}
      </p>
    </aside>
  );
}
