/** What sounds right now: art or picture, names, progress. */
import { useEffect, useRef } from 'preact/hooks';
import type { InForce } from '../../core/timeline.ts';
import type { Track } from '../../schemas/playback.ts';
import { messages } from '../i18n/language.ts';
import { Cover } from '../ui/cover.tsx';
import { trackTime } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';
import { toggleFullScreen } from './full-screen.ts';
import { useParty } from './party.ts';

export function Picture({ track, eventTitle }: { readonly track: Track | undefined; readonly eventTitle: string }) {
  const { player } = useParty();
  const words = messages.value;
  const frame = useRef<HTMLDivElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const video = player.hasVideo.value;
  useEffect(() => {
    // In place before there is anything to see, so that a picture appears with its sound.
    player.mountVideo(place.current);
    return () => player.mountVideo(null);
  }, [player]);
  const status = player.status.value;
  return (
    <div class={video ? 'picture picture-video' : 'picture'}>
      <div class="picture-frame" ref={frame}>
        <Cover
          url={track?.art ?? ''}
          seed={track === undefined ? eventTitle : `${track.album}${track.id}`}
          alt={track === undefined ? '' : words.coverOf(track.title)}
          eager
        />
        <div class="picture-video-place" ref={place} hidden={!video} />
        {video && (
          <button
            type="button"
            class="icon-button picture-full"
            aria-label={words.fullScreen}
            onClick={() => frame.current && toggleFullScreen(frame.current)}
          >
            <Icon name="expand" />
          </button>
        )}
        {(status === 'locked' || status === 'failed') && (
          <button type="button" class="picture-unlock" onClick={() => void player.unlock()}>
            <Icon name={status === 'locked' ? 'sound' : 'retry'} />
            {status === 'locked' ? words.tapForSound : `${words.playbackFailed}. ${words.tryAgain}`}
          </button>
        )}
      </div>
    </div>
  );
}

export function NowPlaying({ now, track }: { readonly now: InForce; readonly track: Track | undefined }) {
  const { player } = useParty();
  const words = messages.value;
  const over = player.status.value === 'ended' || now.playback.status === 'ended';
  const paused = now.playback.status === 'paused';
  if (track === undefined) {
    return (
      <div class="playing">
        <p class="eyebrow">{words.nowPlaying}</p>
        <h1 class="playing-title">{words.silence}</h1>
        <p class="playing-artist">{words.silenceBody}</p>
      </div>
    );
  }
  const state = over ? words.partyOver : paused ? words.paused : words.nowPlaying;
  return (
    <div class="playing">
      <p class={paused || over ? 'eyebrow' : 'eyebrow eyebrow-live'}>
        {state}
        {now.setlist.length > 1 && (
          <span class="playing-index">{words.trackOf(now.setlist.indexOf(track) + 1, now.setlist.length)}</span>
        )}
      </p>
      <h1 class="playing-title" data-long={track.title.length > 34}>
        {track.title}
      </h1>
      <p class="playing-artist">
        {track.artist}
        {track.album !== '' && <span class="playing-album">{track.album}</span>}
      </p>
      <Progress />
    </div>
  );
}

function Progress() {
  const { player } = useParty();
  const words = messages.value;
  const bar = useRef<HTMLDivElement>(null);
  const { positionMs, durationMs } = player.nowPlaying.value;
  const share = durationMs === null || durationMs === 0 ? 1 : Math.min(1, Math.max(0, positionMs / durationMs));
  useEffect(() => {
    bar.current?.style.setProperty('--share', share.toFixed(4));
  }, [share]);
  const at = trackTime(positionMs);
  const of = durationMs === null ? words.live : trackTime(durationMs);
  return (
    <div class="progress">
      <div
        ref={bar}
        class="progress-bar"
        role="progressbar"
        aria-label={words.progressLabel}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={durationMs === null ? `${at}, ${of}` : words.progressOf(at, of)}
      />
      <p class="progress-times" aria-hidden="true">
        <span>{at}</span>
        <span>{of}</span>
      </p>
    </div>
  );
}
