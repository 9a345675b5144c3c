/** A form that adds a track by its address. */
import { COMMANDS } from '../../schemas/commands.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { background } from '../ui/background.ts';
import { formText } from '../ui/form-text.ts';
import { parseTrackTime } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';
import { useDesk } from './desk.ts';
import { sourceKindOf } from './source-kind.ts';

export function AddTrack() {
  const desk = useDesk();
  const words = hostMessages.value;

  const add = async (form: HTMLFormElement) => {
    const field = (name: string) => formText(form, name);
    const length = field('length');
    const durationMs = length === '' ? null : parseTrackTime(length);
    if (durationMs === undefined) return desk.refuse(words.badLength);
    const url = field('url');
    const track = COMMANDS['add-track'].payload.safeParse({
      source: { kind: sourceKindOf(url), url },
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
    if ((await desk.run('add-track', track.data)) !== undefined) form.reset();
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
        <Field name="url" label={words.trackUrl} hint={words.trackUrlHint} required />
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
}

function Field({ name, label, hint = '', required = false }: FieldProps) {
  return (
    <label class="form-field">
      <span>{label}</span>
      <input class="field" name={name} placeholder={hint} required={required} autocomplete="off" />
    </label>
  );
}
