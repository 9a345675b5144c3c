/** Says a staff line, or runs a typed command: `/` opens the palette, which the command registry writes. */
import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { parseSlash, type SlashResult, slashHelp } from '../../core/slash.ts';
import type { Command } from '../../schemas/commands.ts';
import { type FanId, LineId, StaffId } from '../../schemas/ids.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { background } from '../ui/background.ts';
import { snippet } from '../ui/chat-view.ts';
import { Icon } from '../ui/icons.tsx';
import { useDesk, useStage } from './desk.ts';

export function SayBox() {
  const desk = useDesk();
  const words = hostMessages.value;
  const view = useStage();
  const text = useSignal('');
  const busy = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const paletteId = useId();
  const answering = desk.answering.value;
  const typed = /^\/(\S*)$/.exec(text.value)?.[1];
  const commandWord = /^\/(\S+)/.exec(text.value)?.[1];
  const help = slashHelp(desk.rank).filter(({ name }) => (typed === undefined ? name === commandWord : name.startsWith(typed)));

  useEffect(() => {
    if (answering !== null) field.current?.focus();
  }, [answering]);

  const parse = (sent: string, known?: readonly { readonly id: FanId; readonly name: string }[]): SlashResult =>
    parseSlash(sent, {
      rank: desk.rank,
      setlist: view.nextSetlist ?? view.setlist,
      staff: view.staff.flatMap(({ id, name }) => (StaffId.safeParse(id).success ? [{ id: StaffId.parse(id), name }] : [])),
      fansNamed: () => known,
      selectedLine: answering === null ? undefined : LineId.parse(answering.lineId),
    });

  /** Asks the stage who is meant, when nobody here knows; undefined when that was refused. */
  const lookUp = async (sent: string): Promise<SlashResult | undefined> => {
    const result = parse(sent);
    if (result.kind !== 'find-fan') return result;
    const found = await desk.run('find-fan', { name: result.name });
    return found === undefined ? undefined : parse(sent, found.fans);
  };

  /** Whether it was done. */
  const run = async (sent: string): Promise<boolean> => {
    const result = await lookUp(sent);
    if (result?.kind === 'command') return await runParsed(result.command);
    if (result?.kind === 'error') desk.refuse([result.message, result.usage].filter(Boolean).join(' '));
    if (result?.kind === 'find-fan') desk.refuse(words.noSuchFan(result.name));
    return false;
  };

  const submit = async () => {
    const sent = text.value;
    if (busy.value || sent.trim() === '') return;
    busy.value = true;
    const isDone = await run(sent).finally(() => {
      busy.value = false;
    });
    // What was typed or chosen meanwhile is not what was sent.
    if (isDone && text.value === sent) text.value = '';
    if (isDone && desk.answering.value === answering) desk.answering.value = null;
  };

  const runParsed = async (command: Command): Promise<boolean> => {
    const payload =
      command.name === 'say' && answering !== null
        ? { ...command.payload, replyTo: LineId.parse(answering.lineId) }
        : command.payload;
    const answer = await desk.run(command.name, payload);
    if (command.name === 'invite' && answer !== undefined && 'url' in answer) {
      desk.invitation.value = { name: command.payload.name, url: String(answer.url) };
      desk.panel.value = 'team';
    }
    return answer !== undefined;
  };

  return (
    <form
      class="say"
      onSubmit={(event) => {
        event.preventDefault();
        background(submit());
      }}
    >
      {text.value.startsWith('/') && !text.value.startsWith('//') && help.length > 0 && (
        <ul class="palette" id={paletteId} aria-label={words.commands}>
          {help.map(({ name, usage, help: what }) => (
            <li key={name}>
              <button
                type="button"
                class="palette-entry"
                onClick={() => {
                  text.value = usage === `/${name}` ? usage : `/${name} `;
                  field.current?.focus();
                }}
              >
                <code>{usage}</code>
                <span>{what}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {answering !== null && (
        <p class="composer-reply">
          <span>
            <b>{words.replyingTo(answering.name)}</b> {snippet(answering.text)}
          </span>
          <button
            type="button"
            class="icon-button"
            aria-label={words.cancel}
            onClick={() => {
              desk.answering.value = null;
            }}
          >
            <Icon name="close" />
          </button>
        </p>
      )}
      <div class="composer-row">
        <input
          ref={field}
          class="field"
          aria-label={words.sayHint}
          placeholder={words.sayHint}
          autocomplete="off"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            const [only] = help;
            if (event.key === 'Escape') desk.answering.value = null;
            if (event.key !== 'Tab' || event.shiftKey || typed === undefined || typed === '' || only === undefined) return;
            event.preventDefault();
            text.value = `/${only.name} `;
          }}
        />
        <button type="submit" class="button button-accent" aria-disabled={busy.value}>
          {words.say}
        </button>
      </div>
    </form>
  );
}
