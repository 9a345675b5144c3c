/** What everyone is to know now, above the chat: there it pushes nothing aside that anybody looks at. */
import { useSignal } from '@preact/signals';
import { messages } from '../i18n/language.ts';
import { Icon } from '../ui/icons.tsx';

interface NoticesProps {
  /** '' for none. */
  readonly announcement: string;
  readonly reconnecting: boolean;
}

export function Notices({ announcement, reconnecting }: NoticesProps) {
  const words = messages.value;
  const dismissed = useSignal('');
  const shown = announcement !== '' && announcement !== dismissed.value;
  return (
    <div class="notices" role="status">
      {reconnecting && <p class="notice notice-quiet">{words.reconnecting}</p>}
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
