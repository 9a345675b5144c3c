/** The setlist as it will be: reordered by drag, by buttons, or by Alt and arrow keys. */
import { useSignal } from '@preact/signals';
import { playheadOf } from '../../core/timeline.ts';
import type { Track } from '../../schemas/playback.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { background } from '../ui/background.ts';
import { trackTime } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';
import { useTicking } from '../ui/ticking.ts';
import { AddTrack } from './add-track.tsx';
import { useDesk, useStage } from './desk.ts';

export function SetlistEditor() {
  const desk = useDesk();
  const { session, clock } = desk;
  const words = hostMessages.value;
  const view = useStage();
  /** An edit is a cue: until it applies the old list still plays, but the new one is what can be edited. */
  const setlist = view.nextSetlist ?? view.setlist;
  const dragged = useSignal<Track | null>(null);
  const over = useSignal<number | null>(null);
  const nowId = useTicking(clock, 500, () => playheadOf(view, session.clock.nowMs()).trackId);
  const editable = desk.may('move-track');

  const move = (track: Track, toIndex: number) => {
    if (!editable || toIndex < 0 || toIndex >= setlist.length) return;
    background(desk.run('move-track', { trackId: track.id, toIndex }, { text: words.moved(track.title, toIndex + 1) }));
  };
  const remove = (track: Track, atIndex: number) => {
    const { id, ...rest } = track;
    const undo = () => void desk.run('add-track', { ...rest, atIndex });
    background(desk.run('remove-track', { trackId: id }, { text: words.removed(track.title), undo }));
  };

  return (
    <section class="editor card" aria-label={words.setlist} tabIndex={0}>
      <h2 class="card-title">{words.setlist}</h2>
      {editable && <p class="hint">{words.setlistKeys}</p>}
      <ol class="editor-tracks">
        {setlist.map((track, index) => (
          <li
            key={track.id}
            class="editor-track"
            data-now={track.id === nowId}
            data-over={over.value === index && dragged.value !== null && dragged.value.id !== track.id}
            draggable={editable}
            onDragStart={(event) => {
              dragged.value = track;
              event.dataTransfer?.setData('text/plain', track.title);
            }}
            onDragOver={(event) => {
              if (dragged.value === null) return;
              event.preventDefault();
              over.value = index;
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged.value !== null && dragged.value.id !== track.id) move(dragged.value, index);
            }}
            onDragEnd={() => {
              dragged.value = null;
              over.value = null;
            }}
            onKeyDown={(event) => {
              if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
              event.preventDefault();
              move(track, index + (event.key === 'ArrowUp' ? -1 : 1));
            }}
          >
            <button
              type="button"
              class="editor-play"
              disabled={!editable}
              aria-current={track.id === nowId ? 'true' : undefined}
              onClick={() => void desk.run('play-track', { trackId: track.id })}
            >
              <span class="sr-only">{words.play}</span>
              <span class="editor-number">{index + 1}</span>
              <span class="editor-name">{track.title}</span>
              <span class="editor-time">{track.durationMs === null ? words.live : trackTime(track.durationMs)}</span>
            </button>
            {editable && (
              <span class="editor-tools">
                <button
                  type="button"
                  class="tool"
                  aria-label={words.moveUp(track.title)}
                  disabled={index === 0}
                  onClick={() => move(track, index - 1)}
                >
                  <Icon name="up" />
                </button>
                <button
                  type="button"
                  class="tool"
                  aria-label={words.moveDown(track.title)}
                  disabled={index === setlist.length - 1}
                  onClick={() => move(track, index + 1)}
                >
                  <Icon name="down" />
                </button>
                <button
                  type="button"
                  class="tool"
                  aria-label={words.removeTrack(track.title)}
                  onClick={() => remove(track, index)}
                >
                  <Icon name="trash" />
                </button>
              </span>
            )}
          </li>
        ))}
      </ol>
      {desk.may('add-track') && <AddTrack />}
    </section>
  );
}
