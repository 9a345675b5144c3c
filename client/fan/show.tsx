/** The party itself. */
import { useComputed, useSignal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import type { EventSummary } from '../../schemas/http.ts';
import { messages } from '../i18n/language.ts';
import type { PartyView } from '../session/types.ts';
import { background } from '../ui/background.ts';
import { Backdrop } from '../ui/cover.tsx';
import { Icon } from '../ui/icons.tsx';
import { Chat } from './chat.tsx';
import { useInForce } from './in-force.ts';
import { NowPlaying, Picture } from './now-playing.tsx';
import { useParty } from './party.ts';
import { Reactions } from './reactions.tsx';
import { Setlist } from './setlist.tsx';
import { SoundNews, SyncChip, VolumeControl } from './sound.tsx';

interface ShowProps {
  readonly event: EventSummary;
  readonly view: PartyView;
  readonly reconnecting: boolean;
}

export function Show({ event, view, reconnecting }: ShowProps) {
  const { player } = useParty();
  const words = messages.value;
  // Of four positions a second only a change of track concerns the whole page.
  const trackId = useComputed(() => player.nowPlaying.value.trackId).value;
  const now = useInForce(view);
  const track = now.setlist.find(({ id }) => id === trackId);
  useEffect(() => {
    document.title = track === undefined ? event.title : `${track.title} · ${event.title}`;
  }, [track?.title, event.title]);
  return (
    <div class="show">
      <a class="skip-link" href="#chat">
        {words.skipToChat}
      </a>
      <Backdrop url={track?.art || event.theme.backdrop} seed={event.title} />
      <Bar event={event} view={view} />
      <main class="stage" aria-label={words.nowPlaying}>
        <Picture track={track} eventTitle={event.title} />
        <div class="sound">
          <SyncChip />
          <SoundNews />
          <VolumeControl />
        </div>
        <div class="liner">
          <NowPlaying now={now} track={track} />
          {now.setlist.length > 0 && <Setlist setlist={now.setlist} trackId={trackId} />}
        </div>
        <Reactions emojis={event.emojis} />
      </main>
      <Chat view={view} reconnecting={reconnecting} />
    </div>
  );
}

function Bar({ event, view }: { readonly event: EventSummary; readonly view: PartyView }) {
  const words = messages.value;
  const settings = useSignal<FunctionComponent<{ onClose: () => void }> | null>(null);
  const Settings = settings.value;
  const openSettings = async () => {
    settings.value = (await import('./settings-dialog.tsx')).SettingsDialog;
  };
  return (
    <header class="bar">
      <p class="bar-event">
        {event.theme.logo === '' ? <b>{event.label}</b> : <img class="logo" src={event.theme.logo} alt={event.label} />}
        <span>{event.title}</span>
      </p>
      <p class="bar-audience" title={words.listenersHere(view.audience.section)}>
        <Icon name="people" />
        <span>{words.listeners(view.audience.event)}</span>
      </p>
      <button type="button" class="icon-button" aria-label={words.settings} onClick={() => background(openSettings())}>
        <Icon name="settings" />
      </button>
      {Settings !== null && (
        <Settings
          onClose={() => {
            settings.value = null;
          }}
        />
      )}
    </header>
  );
}
