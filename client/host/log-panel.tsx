/** Who did what, when and why. */
import { hostMessages } from '../i18n/host-language.ts';
import { useStage } from './desk.ts';

export function LogPanel() {
  const words = hostMessages.value;
  const { log } = useStage();
  if (log.length === 0) return <p class="hint">{words.noLog}</p>;
  return (
    <ol class="log">
      {log.map((entry) => (
        <li key={entry.seq} class="log-entry" data-refused={entry.result !== 'done'}>
          <p>
            <b>{entry.staffName}</b> <code>{entry.command}</code> {entry.detail}
          </p>
          <p class="host-line-meta">
            {[
              new Date(entry.atMs).toLocaleTimeString(words.code),
              entry.reason,
              entry.result === 'done' ? '' : words.refusedAs(entry.result),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </li>
      ))}
    </ol>
  );
}
