/** Mute, send out, ban, purge: one length and one reason for all of them. */
import { useSignal } from '@preact/signals';
import type { FanId } from '../../schemas/ids.ts';
import { MODERATOR_BAN_MAX_MS, REASON_MAX_CHARS } from '../../schemas/limits.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { ConfirmButton } from './confirm.tsx';
import { useDesk } from './desk.ts';
import { Segment } from './host-chat.tsx';

/** Ten minutes, an hour, a day, for ever. */
const LENGTHS = [
  ['tenMinutes', 600_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['ever', null],
] as const;

export function SanctionForm({ fanId, name }: { readonly fanId: FanId; readonly name: string }) {
  const desk = useDesk();
  const words = hostMessages.value;
  const forMs = useSignal<number | null>(600_000);
  const scope = useSignal<'event' | 'label'>('event');
  const reason = useSignal('');
  const host = desk.may('end');
  const why = reason.value.trim() === '' ? {} : { reason: reason.value.trim() };
  const beyondModerator = !host && (scope.value === 'label' || forMs.value === null || forMs.value > MODERATOR_BAN_MAX_MS);

  return (
    <div class="form sanction-form">
      <div class="segments" role="group" aria-label={words.forHowLong}>
        {LENGTHS.map(([length, ms]) => (
          <Segment
            key={length}
            on={forMs.value === ms}
            label={words.durations[length]}
            disabled={ms === null && !host}
            onChoose={() => (forMs.value = ms)}
          />
        ))}
      </div>
      {host && (
        <div class="segments" role="group" aria-label={words.scope}>
          {(['event', 'label'] as const).map((where) => (
            <Segment key={where} on={scope.value === where} label={words.scopes[where]} onChoose={() => (scope.value = where)} />
          ))}
        </div>
      )}
      <input
        class="field"
        aria-label={words.reason}
        placeholder={words.reasonHint}
        maxLength={REASON_MAX_CHARS}
        value={reason.value}
        onInput={(event) => {
          reason.value = event.currentTarget.value;
        }}
      />
      <div class="actions">
        <button
          type="button"
          class="button"
          disabled={forMs.value === null}
          onClick={() =>
            void desk.run(
              'mute',
              { fanId, forMs: forMs.value ?? 0, ...why },
              { text: words.done(words.mute, name), undo: () => void desk.run('unmute', { fanId }) },
            )
          }
        >
          {words.mute}
        </button>
        <button
          type="button"
          class="button"
          onClick={() =>
            void desk.run(
              'kick',
              { fanId, ...(forMs.value === null ? {} : { forMs: forMs.value }), ...why },
              { text: words.done(words.kick, name) },
            )
          }
        >
          {words.kick}
        </button>
        <button
          type="button"
          class="button"
          disabled={beyondModerator || reason.value.trim() === ''}
          title={reason.value.trim() === '' ? words.reasonHint : beyondModerator ? words.hostOnly : undefined}
          onClick={() =>
            void desk.run(
              'ban',
              { fanId, forMs: forMs.value, scope: scope.value, reason: reason.value.trim() },
              { text: words.done(words.ban, name), undo: () => void desk.run('unban', { fanId }) },
            )
          }
        >
          {words.ban}
        </button>
        <ConfirmButton
          label={words.purge}
          title={words.confirm(words.purge, name)}
          body={words.purgeBody(name)}
          confirm={words.purge}
          onConfirm={() => void desk.run('purge', { fanId, ...why }, { text: words.done(words.purge, name) })}
        />
      </div>
    </div>
  );
}
