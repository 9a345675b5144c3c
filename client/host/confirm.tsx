/** Asks once more before what cannot be undone. */
import { useSignal } from '@preact/signals';
import { hostMessages } from '../i18n/host-language.ts';
import { Dialog } from '../ui/dialog.tsx';

interface ConfirmButtonProps {
  readonly label: string;
  readonly title: string;
  readonly body: string;
  readonly confirm: string;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
}

export function ConfirmButton({ label, title, body, confirm, disabled = false, onConfirm }: ConfirmButtonProps) {
  const words = hostMessages.value;
  const asking = useSignal(false);
  const close = () => {
    asking.value = false;
  };
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={disabled}
        title={disabled ? words.hostOnly : undefined}
        onClick={() => {
          asking.value = true;
        }}
      >
        {label}
      </button>
      {asking.value && (
        <Dialog title={title} closeLabel={words.cancel} onClose={close}>
          <p>{body}</p>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={close}>
              {words.cancel}
            </button>
            <button
              type="button"
              class="button button-accent"
              onClick={() => {
                close();
                onConfirm();
              }}
            >
              {confirm}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
