/** Play, pause, move: what everyone hears next. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { playheadOf } from '../../core/timeline.ts';
import { COMMANDS, type CommandName } from '../../schemas/commands.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { background } from '../ui/background.ts';
import { Cover } from '../ui/cover.tsx';
import { trackTime } from '../ui/format.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { useTicking } from '../ui/ticking.ts';
import { useDesk, useStage } from './desk.ts';

/** An arrow key moves by this. */
const SCRUB_STEP_MS = 1_000;

export function Transport() {
  const desk = useDesk();
  const { session, clock } = desk;
  const words = hostMessages.value;
  const view = useStage();
  const scrubMs = useSignal<number | null>(null);
  const nowMs = useTicking(clock, 200, () => session.clock.nowMs());
  const playhead = playheadOf(view, nowMs);
  const track = [...view.setlist, ...(view.nextSetlist ?? [])].find(({ id }) => id === playhead.trackId);
  const durationMs = track?.durationMs ?? null;
  const shownMs = scrubMs.value ?? playhead.positionMs;
  const going = (view.next ?? view.playback).status === 'playing' && playhead.status !== 'ended';
  const waitS = view.next === null ? 0 : Math.max(0, (view.next.applyAtMs - nowMs) / 1_000);
  const wishedMs = useRef<number | null>(null);
  const seeking = useRef(false);
  const seek = async (wantedMs: number) => {
    // Held arrow keys ask faster than cues apply: the last place asked for counts.
    wishedMs.current = wantedMs;
    if (seeking.current) return;
    seeking.current = true;
    let toMs = wantedMs;
    while (wishedMs.current !== null) {
      toMs = wishedMs.current;
      wishedMs.current = null;
      const answer = await desk.run('seek', { toMs: Math.round(toMs) });
      const waitMs = (answer?.applyAtMs ?? 0) - session.clock.nowMs();
      if (waitMs > 0) await new Promise<void>((resolve) => clock.after(waitMs, resolve));
    }
    seeking.current = false;
    // Until the cue applies the thumb stays where it was let go, rather than jump back and forth. It may be held again by now.
    if (scrubMs.value === toMs) scrubMs.value = null;
  };
  const seekable = desk.may('seek') && durationMs !== null;

  return (
    <section class="transport card" aria-label={words.transport}>
      <div class="transport-now">
        <div class="transport-art">
          <Cover url={track?.art ?? ''} seed={track === undefined ? 'silence' : `${track.album}${track.id}`} alt="" eager />
        </div>
        <div class="transport-names">
          <h2>{track?.title ?? words.nothing}</h2>
          <p>{[track?.artist, track?.album].filter(Boolean).join(' · ')}</p>
        </div>
      </div>
      <input
        class="range scrub"
        type="range"
        aria-label={words.position}
        aria-valuetext={trackTime(shownMs)}
        min={0}
        max={durationMs ?? 1}
        step={SCRUB_STEP_MS}
        value={durationMs === null ? 1 : shownMs}
        disabled={!seekable}
        onInput={(event) => {
          scrubMs.value = event.currentTarget.valueAsNumber;
        }}
        onChange={(event) => background(seek(event.currentTarget.valueAsNumber))}
      />
      <p class="transport-times">
        <span>{trackTime(shownMs)}</span>
        <span class="transport-wait">{waitS > 0 ? words.startsIn(waitS) : ''}</span>
        <span>{durationMs === null ? words.live : trackTime(durationMs)}</span>
      </p>
      <div class="transport-buttons">
        <TransportButton command="previous" icon="previous" label={words.previous} />
        <TransportButton
          command={going ? 'pause' : 'play'}
          icon={going ? 'pause' : 'play'}
          label={going ? words.pause : words.play}
          main
        />
        <TransportButton command="skip" icon="skip" label={words.skip} />
      </div>
    </section>
  );
}

interface TransportButtonProps {
  readonly command: Extract<CommandName, 'play' | 'pause' | 'skip' | 'previous'>;
  readonly icon: IconName;
  readonly label: string;
  readonly main?: boolean;
}

function TransportButton({ command, icon, label, main = false }: TransportButtonProps) {
  const desk = useDesk();
  const words = hostMessages.value;
  const allowed = desk.may(command);
  return (
    <button
      type="button"
      class={main ? 'transport-button transport-main' : 'transport-button'}
      aria-label={label}
      title={allowed ? COMMANDS[command].help : words.hostOnly}
      disabled={!allowed}
      aria-disabled={desk.isUnderWay(command)}
      onClick={() => void desk.run(command, {})}
    >
      <Icon name={icon} />
    </button>
  );
}
