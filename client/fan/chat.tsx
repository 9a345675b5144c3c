/** The room's voice: pinned line, lines, and the way to add one. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Policy } from '../../schemas/chat.ts';
import type { Messages } from '../i18n/en.ts';
import { messages } from '../i18n/language.ts';
import type { PartyView, ShownLine } from '../session/types.ts';
import { Icon } from '../ui/icons.tsx';
import { ChatAnnouncer } from './chat-announcer.tsx';
import { ChatLines } from './chat-lines.tsx';
import { Composer } from './composer.tsx';
import { Notices } from './notices.tsx';
import { ReportDialog } from './report-dialog.tsx';

export function Chat({ view, reconnecting }: { readonly view: PartyView; readonly reconnecting: boolean }) {
  const words = messages.value;
  const answering = useSignal<ShownLine | null>(null);
  const reporting = useSignal<ShownLine | null>(null);
  const titleId = useId();
  const notes = chatNotes(words, view);
  return (
    <section class="chat" id="chat" aria-labelledby={titleId} tabIndex={-1}>
      <h2 class="chat-title" id={titleId}>
        {words.chat}
      </h2>
      <ChatLines
        onReply={(line) => {
          answering.value = line;
        }}
        onReport={(line) => {
          reporting.value = line;
        }}
      >
        {/* What stays goes first: then what comes and goes moves nothing. */}
        {view.policy.pinnedLine !== null && <Pinned line={view.policy.pinnedLine} />}
        <Notices announcement={view.policy.announcement} reconnecting={reconnecting} />
      </ChatLines>
      {notes.length > 0 && (
        <p class="chat-notes" role="status">
          {notes.join(' · ')}
        </p>
      )}
      <Composer view={view} answering={answering} />
      <ChatAnnouncer />
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
