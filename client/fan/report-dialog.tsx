/** Points staff to a line, with a reason in one tap. */
import { useSignal } from '@preact/signals';
import { messages } from '../i18n/language.ts';
import { refusalText } from '../i18n/refusal-text.ts';
import type { ShownLine } from '../session/types.ts';
import { snippet } from '../ui/chat-view.ts';
import { Dialog } from '../ui/dialog.tsx';
import { useParty } from './party.ts';

interface ReportDialogProps {
  readonly line: ShownLine;
  readonly onClose: () => void;
}

export function ReportDialog({ line, onClose }: ReportDialogProps) {
  const { session } = useParty();
  const words = messages.value;
  const outcome = useSignal('');
  const report = async (reason: string) => {
    try {
      await session.report(line.id, reason);
      outcome.value = words.reportThanks;
    } catch (error) {
      outcome.value = refusalText(error);
    }
  };
  return (
    <Dialog title={words.reportTitle} closeLabel={words.close} onClose={onClose}>
      <blockquote class="report-line">
        <b>{line.name}</b> {snippet(line.text, 160)}
      </blockquote>
      {outcome.value === '' ? (
        <>
          <p class="dialog-note">{words.reportBody}</p>
          <div class="report-reasons">
            {Object.values(words.reportReasons).map((reason) => (
              <button key={reason} type="button" class="button" onClick={() => void report(reason)}>
                {reason}
              </button>
            ))}
          </div>
        </>
      ) : (
        <p class="dialog-note" role="status">
          {outcome.value}
        </p>
      )}
    </Dialog>
  );
}
