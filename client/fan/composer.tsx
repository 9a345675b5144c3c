/** Where a fan writes. A refused text stays in the line it became, to be sent again; nothing typed is lost. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { messages } from '../i18n/language.ts';
import type { PartyView, ShownLine } from '../session/types.ts';
import { draftOf, isSendKey, slowLeftMs, snippet } from '../ui/chat-view.ts';
import { Icon } from '../ui/icons.tsx';
import { useTicking } from '../ui/ticking.ts';
import { useParty } from './party.ts';

interface ComposerProps {
  readonly view: PartyView;
  readonly answering: Signal<ShownLine | null>;
}

export function Composer({ view, answering }: ComposerProps) {
  const { session, clock } = useParty();
  const words = messages.value;
  const text = useSignal('');
  const field = useRef<HTMLTextAreaElement>(null);
  const noteId = useId();
  const { chatMode, slowMs } = view.policy;
  const silenced = chatMode === 'staff' || chatMode === 'closed';
  const draft = draftOf(text.value);
  const lastOwn = session.lines.value.findLast((line) => line.mine?.kind === 'accepted');
  const waitS = useTicking(clock, slowMs === 0 ? 0 : 250, () =>
    Math.ceil(slowLeftMs(slowMs, lastOwn?.atMs ?? null, session.clock.nowMs()) / 1_000),
  );
  const answered = answering.value;

  useEffect(() => {
    if (answered !== null) field.current?.focus();
  }, [answered]);

  const send = () => {
    if (!draft.sendable || waitS > 0 || silenced) return;
    // The answer, refusals too, shows on the line itself.
    void session.say(text.value.trim(), answered?.id).catch(() => undefined);
    text.value = '';
    answering.value = null;
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {answered !== null && (
        <p class="composer-reply">
          <span>
            <b>{words.replyingTo(answered.name)}</b> {snippet(answered.text)}
          </span>
          <button
            type="button"
            class="icon-button"
            aria-label={words.cancelReply}
            onClick={() => {
              answering.value = null;
              field.current?.focus();
            }}
          >
            <Icon name="close" />
          </button>
        </p>
      )}
      <div class="composer-row">
        <textarea
          ref={field}
          class="field composer-field"
          rows={1}
          aria-label={words.saySomething}
          aria-describedby={noteId}
          placeholder={silenced ? '' : words.saySomething}
          disabled={silenced}
          enterkeyhint="send"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') answering.value = null;
            if (!isSendKey(event)) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          type="submit"
          class="button button-accent composer-send"
          aria-label={waitS > 0 ? `${words.send}, ${words.slowWait(waitS)}` : words.send}
          aria-disabled={!draft.sendable || waitS > 0 || silenced}
        >
          {waitS > 0 ? words.slowWait(waitS) : <Icon name="send" />}
        </button>
      </div>
      <p id={noteId} class="composer-note" data-over={draft.leftChars !== null && draft.leftChars < 0}>
        {draft.leftChars === null
          ? ''
          : draft.leftChars >= 0
            ? words.charactersLeft(draft.leftChars)
            : words.charactersOver(-draft.leftChars)}
      </p>
    </form>
  );
}
