/** One line with what a moderator can do about it. */
import { FanId, LineId } from '../../schemas/ids.ts';
import { hostMessages } from '../i18n/host-language.ts';
import type { ShownLine } from '../session/types.ts';
import { hueOf, snippet } from '../ui/chat-view.ts';
import { Icon } from '../ui/icons.tsx';
import { useDesk } from './desk.ts';

interface HostLineProps {
  readonly line: Pick<ShownLine, 'id' | 'fanId' | 'name' | 'role' | 'text' | 'atMs' | 'replyTo'>;
  readonly quoted?: Pick<ShownLine, 'name' | 'text'> | undefined;
  /** '' where it says nothing. */
  readonly section?: string;
  /** Why it stands out, such as a report's reason. */
  readonly note?: string;
}

export function HostLine({ line, quoted, section = '', note = '' }: HostLineProps) {
  const desk = useDesk();
  const words = hostMessages.value;
  const lineId = LineId.safeParse(line.id).data;
  const fanId = FanId.safeParse(line.fanId).data;
  const chosen = desk.person.value?.id === line.fanId;
  const at = new Date(line.atMs).toLocaleTimeString(words.code, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return (
    <li class={line.role === 'fan' ? 'line host-line' : 'line host-line line-staff'} data-active={chosen}>
      <div class="host-line-body">
        {quoted !== undefined && (
          <p class="line-quote">
            {quoted.name}: {snippet(quoted.text)}
          </p>
        )}
        <p class="line-words">
          {fanId === undefined ? (
            <span class="line-name">{line.name}</span>
          ) : (
            <button
              type="button"
              class="line-name name-button"
              style={{ '--hue': String(hueOf(line.fanId)) }}
              aria-label={words.aboutFan(line.name)}
              onClick={() => desk.look({ id: fanId, name: line.name })}
            >
              {line.name}
            </button>
          )}
          {line.role !== 'fan' && <span class="badge">{words.ranks[line.role]}</span>}
          <span class="line-text" dir="auto">
            {line.text}
          </span>
        </p>
        <p class="host-line-meta">{[at, section, note].filter(Boolean).join(' · ')}</p>
      </div>
      {lineId !== undefined && (
        <span class="host-line-tools">
          <button
            type="button"
            class="tool"
            aria-label={words.reply(line.name)}
            onClick={() => {
              desk.answering.value = { id: line.fanId, name: line.name, lineId, text: line.text };
            }}
          >
            <Icon name="reply" />
          </button>
          <button
            type="button"
            class="tool"
            aria-label={words.pinLine(line.name)}
            onClick={() => void desk.run('pin', { lineId })}
          >
            <Icon name="pin" />
          </button>
          <button
            type="button"
            class="tool"
            aria-label={words.deleteLine(line.name)}
            onClick={() => void desk.run('delete-line', { lineId }, { text: words.deleted })}
          >
            <Icon name="trash" />
          </button>
        </span>
      )}
    </li>
  );
}
