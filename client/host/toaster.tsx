/** What just happened, with a way back where there is one. */
import { hostMessages } from '../i18n/host-language.ts';
import { Icon } from '../ui/icons.tsx';
import { useDesk } from './desk.ts';

export function Toaster() {
  const desk = useDesk();
  const words = hostMessages.value;
  const toast = desk.toast.value;
  return (
    <div class="toaster" role="status" aria-live="polite">
      {toast !== null && (
        <div class="toast" data-bad={toast.bad}>
          <p>{toast.text}</p>
          {toast.undo !== null && (
            <button
              type="button"
              class="text-button"
              onClick={() => {
                toast.undo?.();
                desk.dismissToast();
              }}
            >
              {words.undo}
            </button>
          )}
          <button type="button" class="icon-button" aria-label={words.dismiss} onClick={() => desk.dismissToast()}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
