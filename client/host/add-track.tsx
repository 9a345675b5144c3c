/** A form that adds a track by its address. The address of a file is tried as soon as it is typed: its length is known then. */
import { useRef } from 'preact/hooks';
import { COMMANDS } from '../../schemas/commands.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { background } from '../ui/background.ts';
import { formText, typedInto } from '../ui/form-text.ts';
import { parseTrackTime, trackTime } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';
import { useDesk } from './desk.ts';
import { listenTo } from './listen.ts';
import { sourceKindOf } from './source-kind.ts';

export function AddTrack() {
  const desk = useDesk();
  const words = hostMessages.value;

  /** The length that was found, as the form shows it. */
  const found = useRef<{ readonly text: string; readonly durationMs: number } | null>(null);

  const listen = async (form: HTMLFormElement) => {
    const url = formText(form, 'url');
    const length = form.elements.namedItem('length');
    if (url === '' || sourceKindOf(url, location.origin) !== 'file' || !(length instanceof HTMLInputElement)) return;
    if (length.value === found.current?.text) length.value = '';
    const heard = await listenTo(url, new Audio(), desk.clock);
    if (formText(form, 'url') !== url) return;
    if (heard.kind === 'fails') desk.refuse(words.playsNotHere);
    if (heard.kind !== 'plays' || heard.durationMs === null || length.value !== '') return;
    length.value = trackTime(heard.durationMs);
    found.current = { text: length.value, durationMs: heard.durationMs };
  };

  const add = async (form: HTMLFormElement) => {
    const field = (name: string) => formText(form, name);
    const url = field('url');
    const kind = sourceKindOf(url, location.origin);
    if (kind === 'youtube' || kind === 'insecure') return desk.refuse(words.notPlayable[kind]);
    if (sourceKindOf(field('art'), location.origin) === 'insecure') return desk.refuse(words.notPlayable.insecure);
    const durationMs = lengthMs(field('length'), found.current);
    if (durationMs === undefined) return desk.refuse(words.badLength);
    const typed = typedInto(form);
    const track = COMMANDS['add-track'].payload.safeParse({
      source: { kind, url },
      title: field('title'),
      artist: field('artist'),
      album: field('album'),
      art: field('art'),
      durationMs,
    });
    if (!track.success) {
      const [issue] = track.error.issues;
      return desk.refuse(`${issue?.path.join('.')}: ${issue?.message}`);
    }
    if ((await desk.run('add-track', track.data)) !== undefined && typedInto(form) === typed) form.reset();
  };

  return (
    <details class="add-track">
      <summary class="button">
        <Icon name="plus" />
        {words.addTrack}
      </summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          background(add(event.currentTarget));
        }}
      >
        <Field
          name="url"
          label={words.trackUrl}
          hint={words.trackUrlHint}
          required
          onTyped={(form) => background(listen(form))}
        />
        <Field name="title" label={words.trackTitle} required />
        <Field name="artist" label={words.trackArtist} />
        <Field name="album" label={words.trackAlbum} />
        <Field name="art" label={words.trackArt} hint={words.trackUrlHint} />
        <Field name="length" label={words.trackLength} hint={words.trackLengthHint} />
        <button type="submit" class="button button-accent">
          {words.add}
        </button>
      </form>
    </details>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly required?: boolean;
  /** Called with the form when the field is left with another text. */
  readonly onTyped?: (form: HTMLFormElement) => void;
}

function Field({ name, label, hint = '', required = false, onTyped }: FieldProps) {
  return (
    <label class="form-field">
      <span>{label}</span>
      <input
        class="field"
        name={name}
        placeholder={hint}
        required={required}
        autocomplete="off"
        onChange={(event) => {
          if (event.currentTarget.form !== null) onTyped?.(event.currentTarget.form);
        }}
      />
    </label>
  );
}

/** null when none is given: live. What was found is meant exactly, though its minutes and seconds are shown. */
function lengthMs(text: string, found: { readonly text: string; readonly durationMs: number } | null): number | null | undefined {
  if (text === '') return null;
  return text === found?.text ? found.durationMs : parseTrackTime(text);
}
