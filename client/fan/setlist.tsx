/** The evening's order: what was, what is, what comes. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Setlist as Tracks } from '../../schemas/playback.ts';
import { messages } from '../i18n/language.ts';
import { trackTime } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';

interface SetlistProps {
  readonly setlist: Tracks;
  readonly trackId: string | null;
}

export function Setlist({ setlist, trackId }: SetlistProps) {
  const words = messages.value;
  const open = useSignal(false);
  const listId = useId();
  const at = setlist.findIndex((track) => track.id === trackId);
  return (
    <section class="setlist" data-open={open.value} aria-label={words.setlist}>
      <button
        type="button"
        class="setlist-toggle"
        aria-expanded={open.value}
        aria-controls={listId}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Icon name="list" />
        <span>{words.setlist}</span>
        <span class="setlist-count">{setlist.length}</span>
        <Icon name="chevron" />
      </button>
      <h2 class="setlist-title">
        {words.setlist} <span>{words.setlistCount(setlist.length)}</span>
      </h2>
      {/* Focusable, since it scrolls. */}
      <ol id={listId} class="setlist-tracks" tabIndex={0} aria-label={words.setlist}>
        {setlist.map((track, index) => (
          <li
            key={track.id}
            class="setlist-track"
            data-state={index < at ? 'heard' : index === at ? 'now' : 'next'}
            aria-current={index === at ? 'true' : undefined}
          >
            <span class="setlist-number">{index + 1}</span>
            <span class="setlist-name">
              {track.title}
              {track.artist !== '' && track.artist !== setlist[0]?.artist && <small>{track.artist}</small>}
            </span>
            <span class="setlist-time">{track.durationMs === null ? words.live : trackTime(track.durationMs)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
