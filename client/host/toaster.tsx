/** What just happened, with a way back where there is one. */
import { hostMessages } from '../i18n/host-language.ts';
import { Icon } from '../ui/icons.tsx';
import { useDesk } from './desk.ts';

export function Toaster() {
  const desk = useDesk();
  const words = hostMessages.value;
  return (
    <div class="toaster" role="status" aria-live="polite">
      {desk.toasts.value.map((toast) => (
        <div class="toast" key={toast.undo === null ? 'plain' : 'undo'} data-bad={toast.bad}>
          <p>{toast.text}</p>
          {toast.undo !== null && (
            <button
              type="button"
              class="text-button"
              onClick={() => {
                toast.undo?.();
                desk.dismiss(toast);
              }}
            >
              {words.undo}
            </button>
          )}
          <button type="button" class="icon-button" aria-label={words.dismiss} onClick={() => desk.dismiss(toast)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
