/** The fan's own sound: volume, mute, and how close this device is to the crowd. */
import { useRef } from 'preact/hooks';
import type { Messages } from '../i18n/en.ts';
import { messages } from '../i18n/language.ts';
import type { PlayerStatus, SyncQuality } from '../playback/types.ts';
import { Icon } from '../ui/icons.tsx';
import { useParty } from './party.ts';

/** Plain words for how well this device keeps time; what the player is busy with goes first. */
function syncWords(words: Messages, status: PlayerStatus, quality: SyncQuality): string {
  if (status === 'loading') return words.loadingTrack;
  if (status === 'catching-up') return words.catchingUp;
  switch (quality) {
    case 'locked-in':
      return words.syncLocked;
    case 'close':
      return words.syncClose;
    case 'adjusting':
      return words.syncAdjusting;
    default:
      return words.syncUnknown;
  }
}

/** What is worth a word to those who only listen; null: nothing new. Small corrections are none. */
function soundNews(words: Messages, status: PlayerStatus, quality: SyncQuality): string | null {
  const news = words.soundNews;
  if (status === 'locked') return news.off;
  if (status === 'failed') return news.failed;
  if (status === 'catching-up') return news.behind;
  return status === 'playing' && quality === 'locked-in' ? news.with : null;
}

/** Says how the sound is, once for each change, and no figures. */
export function SoundNews() {
  const { player } = useParty();
  const said = useRef('');
  said.current = soundNews(messages.value, player.status.value, player.quality.value) ?? said.current;
  return (
    <p class="sr-only" role="status">
      {said.current}
    </p>
  );
}

export function SyncChip() {
  const { player } = useParty();
  const words = messages.value;
  const status = player.status.value;
  const quality = player.quality.value;
  if (status !== 'playing' && status !== 'catching-up' && status !== 'loading') return null;
  const errorMs = player.errorMs.value;
  const whole = errorMs === null ? null : Math.round(Math.abs(errorMs));
  return (
    <p class="sync" data-quality={quality}>
      <span class="sync-dot" aria-hidden="true" />
      {syncWords(words, status, quality)}
      {whole !== null && (
        <span class="sync-ms">
          <span aria-hidden="true">{whole} ms</span>
          <span class="sr-only">{words.syncDetail(whole)}</span>
        </span>
      )}
    </p>
  );
}

export function VolumeControl() {
  const { player } = useParty();
  const words = messages.value;
  const muted = player.muted.value;
  return (
    <div class="volume">
      <button
        type="button"
        class="icon-button"
        aria-label={muted ? words.unmute : words.mute}
        aria-pressed={muted}
        onClick={() => {
          player.muted.value = !muted;
        }}
      >
        <Icon name={muted ? 'muted' : 'sound'} />
      </button>
      <input
        class="range volume-range"
        type="range"
        min="0"
        max="1"
        step="0.01"
        aria-label={words.volume}
        aria-valuetext={`${Math.round(player.volume.value * 100)} %`}
        value={player.volume.value}
        onInput={(event) => {
          player.volume.value = event.currentTarget.valueAsNumber;
          player.muted.value = false;
        }}
      />
    </div>
  );
}
