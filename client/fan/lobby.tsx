/** The poster before the party: who plays, when doors open, and the way in. */
import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { EventSummary } from '../../schemas/http.ts';
import { NAME_MAX_CHARS } from '../../schemas/limits.ts';
import { messages } from '../i18n/language.ts';
import { refusalText } from '../i18n/refusal-text.ts';
import type { SessionPhase } from '../session/types.ts';
import { background } from '../ui/background.ts';
import { Backdrop, Cover } from '../ui/cover.tsx';
import { fanName } from '../ui/preferences.ts';
import { useTicking } from '../ui/ticking.ts';
import { Countdown, RetryCountdown } from './countdown.tsx';
import { useParty } from './party.ts';

export function Lobby({ event, phase }: { readonly event: EventSummary; readonly phase: SessionPhase }) {
  const words = messages.value;
  const { session, clock } = useParty();
  // Nothing else tells the page that the hour has come.
  const isTime = useTicking(clock, event.state === 'before' ? 1_000 : 0, () => event.doorsAtMs <= session.clock.nowMs());
  const early = phase.kind === 'before-doors' || (phase.kind === 'idle' && event.state === 'before' && !isTime);
  const isShut = phase.kind === 'doors-closed';
  const doorsAtMs = phase.kind === 'before-doors' ? phase.doorsAtMs : event.doorsAtMs;
  return (
    <Poster event={event} eyebrow={early || isShut ? words.listeningParty : words.doorsOpen} live={!early && !isShut}>
      {early && doorsAtMs > session.clock.nowMs() && <Countdown untilMs={doorsAtMs} />}
      <WayIn phase={phase} early={early} />
    </Poster>
  );
}

interface PosterProps {
  readonly event: EventSummary;
  readonly eyebrow: string;
  readonly live?: boolean;
  readonly children: ComponentChildren;
}

/** Art, artist, title, and whatever belongs beneath them. */
export function Poster({ event, eyebrow, live = false, children }: PosterProps) {
  const words = messages.value;
  const { theme } = event;
  return (
    <main class="poster">
      <Backdrop url={theme.backdrop} seed={event.title} />
      <div class="poster-art">
        <Cover url={theme.backdrop} seed={event.title} alt={words.coverOf(event.title)} eager />
      </div>
      <div class="poster-words">
        <p class="poster-label">
          {theme.logo === '' ? (
            words.presents(event.label)
          ) : (
            <img class="logo" src={theme.logo} alt={words.presents(event.label)} />
          )}
        </p>
        <div class="poster-names">
          <p class={live ? 'eyebrow eyebrow-live' : 'eyebrow'}>{eyebrow}</p>
          <h1 class="poster-title">{event.title}</h1>
          {event.artist !== '' && <p class="poster-artist">{event.artist}</p>}
        </div>
        <div class="poster-door">{children}</div>
      </div>
    </main>
  );
}

function WayIn({ phase, early }: { readonly phase: SessionPhase; readonly early: boolean }) {
  const words = messages.value;
  // Kept here: the form goes away while it asks, and comes back with what was wrong.
  const problem = useSignal('');
  switch (phase.kind) {
    case 'before-doors':
      return (
        <p class="door-note" role="status">
          {words.keptPlace}
        </p>
      );
    case 'doors-closed':
      return (
        <div class="door-line">
          <div role="status">
            <h2 class="door-place">{words.doorsClosedTitle}</h2>
            <p class="door-note">{words.doorsClosedBody}</p>
          </div>
          <RetryCountdown atMs={phase.retryAtMs} />
        </div>
      );
    case 'in-line':
      return (
        <div class="door-line">
          <div role="status">
            <h2 class="door-place">{words.placeInLine(phase.place)}</h2>
          </div>
          <p class="door-note">{words.inLineBody}</p>
          <RetryCountdown atMs={phase.retryAtMs} />
        </div>
      );
    case 'joining':
    case 'live':
    case 'reconnecting':
      return (
        <p class="door-note door-busy" role="status">
          {'isSilent' in phase && phase.isSilent ? words.stillAsking : words.joining}
        </p>
      );
    default:
      return <NameForm early={early} problem={problem} />;
  }
}

function NameForm({ early, problem }: { readonly early: boolean; readonly problem: Signal<string> }) {
  const words = messages.value;
  const { session, player } = useParty();
  const busy = useSignal(false);
  const field = useRef<HTMLInputElement>(null);

  useSignalEffect(() => {
    if (problem.value !== '') field.current?.focus();
  });

  const enter = async () => {
    // Within the tap, before anything is awaited: later the browser would not let us sound.
    background(player.unlock());
    problem.value = '';
    busy.value = true;
    try {
      await session.enter(fanName.value.trim());
    } catch (error) {
      problem.value = refusalText(error);
    } finally {
      busy.value = false;
    }
  };

  return (
    <form
      class="door-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy.value) background(enter());
      }}
    >
      <label class="door-label" for="fan-name">
        {words.nameLabel}
      </label>
      <div class="door-row">
        <input
          ref={field}
          id="fan-name"
          class="field"
          name="name"
          autocomplete="nickname"
          required
          maxLength={NAME_MAX_CHARS}
          placeholder={words.nameHint}
          value={fanName.value}
          aria-invalid={problem.value !== ''}
          aria-describedby="fan-name-note"
          onInput={(event) => {
            fanName.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="button button-accent" aria-disabled={busy.value}>
          {early ? words.saveMyPlace : words.stepInside}
        </button>
      </div>
      <p id="fan-name-note" class={problem.value === '' ? 'door-note' : 'door-note door-problem'} role="status">
        {problem.value === '' ? words.soundNote : problem.value}
      </p>
    </form>
  );
}
