/** What everyone is to know now, above the chat: there it pushes nothing aside that anybody looks at. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Messages } from '../i18n/en.ts';
import { messages } from '../i18n/language.ts';
import type { SessionPhase } from '../session/types.ts';
import { Icon } from '../ui/icons.tsx';
import { useParty } from './party.ts';

interface NoticesProps {
  /** '' for none. */
  readonly announcement: string;
  readonly reconnecting: boolean;
}

export function Notices({ announcement, reconnecting }: NoticesProps) {
  const { session } = useParty();
  const words = messages.value;
  const dismissed = useSignal('');
  useEffect(() => {
    // Said again after it was cleared, it is another announcement.
    if (announcement === '') dismissed.value = '';
  }, [announcement, dismissed]);
  const shown = announcement !== '' && announcement !== dismissed.value;
  return (
    <div class="notices" role="status">
      {reconnecting && <p class="notice notice-quiet">{wayBack(words, session.phase.value)}</p>}
      {shown && (
        <div class="notice notice-loud">
          <p>
            <span class="sr-only">{words.announcement}: </span>
            {announcement}
          </p>
          <button
            type="button"
            class="icon-button"
            aria-label={words.dismiss}
            onClick={() => {
              dismissed.value = announcement;
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}

function wayBack(words: Messages, phase: SessionPhase): string {
  if (phase.kind === 'in-line') return words.reconnectingInLine(phase.place);
  return phase.kind === 'reconnecting' && phase.isSilent ? words.reconnectingSilent : words.reconnecting;
}
