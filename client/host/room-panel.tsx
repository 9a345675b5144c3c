/** The room's rules: who may write, how often, links, doors; announcement, pin, and the end. */
import { CHAT_MODES } from '../../schemas/chat.ts';
import type { CommandName } from '../../schemas/commands.ts';
import { LINE_MAX_CHARS } from '../../schemas/limits.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { background } from '../ui/background.ts';
import { formText, typedInto } from '../ui/form-text.ts';
import { ConfirmButton } from './confirm.tsx';
import { useDesk, useStage } from './desk.ts';
import { Segment } from './host-chat.tsx';

/** Offered in the console; any other length can be typed as a command. */
const SLOW_MODES_MS = [0, 5_000, 15_000, 30_000, 60_000] as const;

export function RoomPanel() {
  const desk = useDesk();
  const words = hostMessages.value;
  const { policy, crowd } = useStage();
  return (
    <div class="room">
      <Choice
        command="chat-mode"
        label={words.chatMode}
        value={policy.chatMode}
        options={CHAT_MODES.map((mode) => [mode, words.chatModes[mode]] as const)}
        onChoose={(mode) => void desk.run('chat-mode', { mode })}
      />
      <Choice
        command="slow-mode"
        label={words.slowMode}
        value={policy.slowMs}
        options={SLOW_MODES_MS.map((ms) => [ms, ms === 0 ? words.slowModes.off : words.every(ms / 1_000)] as const)}
        onChoose={(everyMs) => void desk.run('slow-mode', { everyMs })}
      />
      <Choice
        command="links"
        label={words.links}
        value={policy.links}
        options={(['everyone', 'staff'] as const).map((allow) => [allow, words.linkModes[allow]] as const)}
        onChoose={(allow) => void desk.run('links', { allow })}
      />
      <Choice
        command="doors"
        label={words.doors}
        value={policy.doors}
        options={(['open', 'closed'] as const).map((state) => [state, words.doorStates[state]] as const)}
        onChoose={(state) => void desk.run('doors', { open: state === 'open' })}
      />
      <Announcement />
      <section class="room-part">
        <h3>{words.pinned}</h3>
        {policy.pinnedLine === null ? (
          <p class="hint">{words.nothingPinned}</p>
        ) : (
          <div class="sanction">
            <p>
              <b>{policy.pinnedLine.name}</b> {policy.pinnedLine.text}
            </p>
            <button type="button" class="button" onClick={() => void desk.run('unpin', {})}>
              {words.unpin}
            </button>
          </div>
        )}
      </section>
      <div class="actions room-part">
        <ConfirmButton
          label={words.clearChat}
          title={`${words.clearChat}?`}
          body={words.clearChatBody}
          confirm={words.clearChat}
          disabled={!desk.may('clear-chat')}
          onConfirm={() => void desk.run('clear-chat', {})}
        />
        <ConfirmButton
          label={words.end}
          title={words.endTitle}
          body={words.endBody(crowd.fans)}
          confirm={words.endConfirm}
          disabled={!desk.may('end')}
          onConfirm={() => void desk.run('end', {})}
        />
      </div>
    </div>
  );
}

interface ChoiceProps<V> {
  readonly command: CommandName;
  readonly label: string;
  readonly value: V;
  readonly options: readonly (readonly [value: V, label: string])[];
  readonly onChoose: (value: V) => void;
}

function Choice<V extends string | number>({ command, label, value, options, onChoose }: ChoiceProps<V>) {
  const desk = useDesk();
  const allowed = desk.may(command);
  return (
    <section class="room-part">
      <h3>
        {label} {!allowed && <small>{hostMessages.value.hostOnly}</small>}
      </h3>
      <div class="segments" role="group" aria-label={label}>
        {options.map(([option, text]) => (
          <Segment key={option} on={option === value} label={text} disabled={!allowed} onChoose={() => onChoose(option)} />
        ))}
      </div>
    </section>
  );
}

function Announcement() {
  const desk = useDesk();
  const words = hostMessages.value;
  const { announcement } = useStage().policy;
  const allowed = desk.may('announce');
  const announce = async (form: HTMLFormElement) => {
    const text = formText(form, 'text');
    const typed = typedInto(form);
    if (text !== '' && (await desk.run('announce', { text })) !== undefined && typedInto(form) === typed) form.reset();
  };
  return (
    <form
      class="form room-part"
      onSubmit={(event) => {
        event.preventDefault();
        background(announce(event.currentTarget));
      }}
    >
      <h3>{words.announcement}</h3>
      {announcement !== '' && (
        <div class="sanction">
          <p>{announcement}</p>
          <button type="button" class="button" disabled={!allowed} onClick={() => void desk.run('clear-announcement', {})}>
            {words.clear}
          </button>
        </div>
      )}
      <div class="form-row">
        <input
          class="field"
          name="text"
          aria-label={words.announcement}
          placeholder={allowed ? words.announcementHint : words.hostOnly}
          maxLength={LINE_MAX_CHARS}
          disabled={!allowed}
          autocomplete="off"
        />
        <button type="submit" class="button" disabled={!allowed}>
          {words.announce}
        </button>
      </div>
    </form>
  );
}
