/** What a fan may set for this device. A chunk of its own: most never open it. */

import type { Signal } from '@preact/signals';
import { LANGUAGES, type Language, messages, speak } from '../i18n/language.ts';
import { background } from '../ui/background.ts';
import { Dialog } from '../ui/dialog.tsx';
import { hiddenFansAt } from '../ui/hidden-fans.ts';
import { calmReactions, chosenLanguage, speakChat } from '../ui/preferences.ts';
import { useParty } from './party.ts';

/** Slow speakers are late by up to half a second. */
const NUDGE_MAX_MS = 600;
const NUDGE_STEP_MS = 10;

export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const { session, player } = useParty();
  const words = messages.value;
  const hidden = hiddenFansAt(session.event.value?.slug ?? '');
  const nudgeMs = player.nudgeMs.value;
  return (
    <Dialog title={words.settings} closeLabel={words.close} onClose={onClose}>
      <fieldset class="setting">
        <legend>{words.nudgeTitle}</legend>
        <p class="dialog-note">{words.nudgeBody}</p>
        <input
          class="range"
          type="range"
          min={-NUDGE_MAX_MS}
          max={NUDGE_MAX_MS}
          step={NUDGE_STEP_MS}
          aria-label={words.nudgeTitle}
          aria-valuetext={words.nudgeValue(nudgeMs)}
          value={nudgeMs}
          onInput={(event) => {
            player.nudgeMs.value = event.currentTarget.valueAsNumber;
          }}
        />
        <p class="setting-row">
          <span>{words.nudgeLater}</span>
          <output>{words.nudgeValue(nudgeMs)}</output>
          <span>{words.nudgeEarlier}</span>
        </p>
        {nudgeMs !== 0 && (
          <button
            type="button"
            class="button"
            onClick={() => {
              player.nudgeMs.value = 0;
            }}
          >
            {words.reset}
          </button>
        )}
      </fieldset>
      <Switch choice={speakChat} label={words.speakChat} hint={words.speakChatHint} />
      <Switch choice={calmReactions} label={words.calmReactions} hint={words.calmReactionsHint} />
      {hidden.fans.value.length > 0 && (
        <fieldset class="setting">
          <legend>{words.hiddenPeople}</legend>
          {hidden.fans.value.map(({ id, name }) => (
            <button key={id} type="button" class="button" onClick={() => hidden.show(id)}>
              {words.showAgain(name)}
            </button>
          ))}
        </fieldset>
      )}
      <label class="setting setting-choice">
        <span>{words.language}</span>
        <select
          class="field"
          value={words.code}
          onChange={(event) => {
            const language = event.currentTarget.value as Language;
            chosenLanguage.value = language;
            background(speak(language));
          }}
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="button button-quiet" onClick={() => session.leave()}>
        {words.leave}
      </button>
    </Dialog>
  );
}

interface SwitchProps {
  readonly choice: Signal<boolean>;
  readonly label: string;
  readonly hint: string;
}

function Switch({ choice, label, hint }: SwitchProps) {
  return (
    <label class="setting setting-switch">
      <span>
        {label}
        <small>{hint}</small>
      </span>
      <input
        type="checkbox"
        role="switch"
        checked={choice.value}
        onChange={(event) => {
          choice.value = event.currentTarget.checked;
        }}
      />
    </label>
  );
}
