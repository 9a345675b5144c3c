/** One line. Redrawn only when something of it changed: a busy room redraws ten a second, not a thousand. */
import { Component } from 'preact';
import type { Messages } from '../i18n/en.ts';
import type { PartySession, ShownLine } from '../session/types.ts';
import { hueOf, snippet } from '../ui/chat-view.ts';
import { Icon } from '../ui/icons.tsx';
import { splitLinks } from '../ui/linkify.ts';

interface ChatLineProps {
  readonly line: ShownLine;
  readonly quoted: ShownLine | 'gone' | 'hidden' | null;
  readonly own: boolean;
  /** Answers the reader, or names them. */
  readonly forMe: boolean;
  readonly active: boolean;
  readonly tabbable: boolean;
  readonly words: Messages;
  readonly session: PartySession;
  readonly onActive: () => void;
  readonly onReply: (line: ShownLine) => void;
  readonly onReport: (line: ShownLine) => void;
  readonly onHide: (line: ShownLine) => void;
}

export class ChatLine extends Component<ChatLineProps> {
  override shouldComponentUpdate(next: ChatLineProps): boolean {
    const now = this.props;
    return (
      next.line !== now.line ||
      next.quoted !== now.quoted ||
      next.active !== now.active ||
      next.tabbable !== now.tabbable ||
      next.own !== now.own ||
      next.forMe !== now.forMe ||
      next.words !== now.words
    );
  }

  override render() {
    const { line, own, forMe, active, tabbable, words, onActive } = this.props;
    const staff = line.role !== 'fan';
    return (
      <li
        class={`line${staff ? ' line-staff' : own ? ' line-own' : ''}${forMe ? ' line-for-me' : ''}`}
        data-line={line.id}
        data-active={active}
        data-state={line.mine?.kind}
        tabIndex={tabbable ? 0 : -1}
        onPointerEnter={(event) => event.pointerType === 'mouse' && onActive()}
        onFocusIn={onActive}
        onClick={onActive}
      >
        {this.#quote()}
        <p class="line-words">
          {forMe && <span class="sr-only">{words.forYou}: </span>}
          <span class="line-name" style={staff ? undefined : { '--hue': String(hueOf(line.fanId)) }}>
            {line.name}
          </span>
          {staff && <span class="badge">{words.roles[line.role]}</span>}
          <span class="line-text" dir="auto">
            {splitLinks(line.text).map((part) =>
              part.kind === 'text' ? (
                part.text
              ) : (
                <a href={part.href} target="_blank" rel="noopener nofollow ugc">
                  {part.text}
                </a>
              ),
            )}
          </span>
        </p>
        {this.#fate()}
        {active && this.#actions()}
      </li>
    );
  }

  #quote() {
    const { quoted, words } = this.props;
    if (quoted === null) return null;
    if (quoted === 'gone') return <p class="line-quote">{words.goneLine}</p>;
    return <p class="line-quote">{quoted === 'hidden' ? words.hiddenLine : `${quoted.name}: ${snippet(quoted.text)}`}</p>;
  }

  #fate() {
    const { line, words, session } = this.props;
    if (line.mine === null) return null;
    if (line.mine.kind === 'accepted') return line.mine.fate === 'held' ? <p class="line-note">{words.onlyYou}</p> : null;
    if (line.mine.kind === 'sending') return <p class="sr-only">{words.sending}</p>;
    return (
      <p class="line-note line-refused">
        {words.notSent}: {words.refusals[line.mine.code] ?? line.mine.message}
        <button type="button" class="text-button" onClick={() => void session.retry(line.id).catch(() => undefined)}>
          {words.retry}
        </button>
        <button type="button" class="text-button" onClick={() => session.dismiss(line.id)}>
          {words.discard}
        </button>
      </p>
    );
  }

  #actions() {
    const { line, own, words, onReply, onReport, onHide } = this.props;
    if (line.mine !== null && line.mine.kind !== 'accepted') return null;
    return (
      <span class="line-actions">
        <button type="button" class="icon-button" aria-label={`${words.reply}: ${line.name}`} onClick={() => onReply(line)}>
          <Icon name="reply" />
        </button>
        {!own && line.role === 'fan' && (
          <>
            <button type="button" class="icon-button" aria-label={`${words.report}: ${line.name}`} onClick={() => onReport(line)}>
              <Icon name="flag" />
            </button>
            <button type="button" class="icon-button" aria-label={`${words.hide}: ${line.name}`} onClick={() => onHide(line)}>
              <Icon name="hide" />
            </button>
          </>
        )}
      </span>
    );
  }
}
