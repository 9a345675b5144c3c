/** Which page a fan sees, by where the session is. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { PartyError } from '../../core/errors.ts';
import { messages } from '../i18n/language.ts';
import { Backdrop } from '../ui/cover.tsx';
import { applyTheme } from '../ui/theme.ts';
import { Closing } from './closing.tsx';
import { Lobby } from './lobby.tsx';
import { type Party, PartyContext, useParty } from './party.ts';
import { Show } from './show.tsx';

export function App({ party }: { readonly party: Party }) {
  return (
    <PartyContext.Provider value={party}>
      <Page />
    </PartyContext.Provider>
  );
}

function Page() {
  const { session } = useParty();
  const words = messages.value;
  const problem = useSignal<'unknown' | 'unreachable' | null>(null);
  const load = () => {
    problem.value = null;
    session.load().catch((error: unknown) => {
      problem.value = error instanceof PartyError && error.code === 'unknown_event' ? 'unknown' : 'unreachable';
    });
  };
  useEffect(load, []);
  useSignalEffect(() => {
    const event = session.event.value;
    if (event === null) return;
    applyTheme(event.theme, document.documentElement);
    document.title = event.artist === '' ? event.title : `${event.title} · ${event.artist}`;
  });

  const event = session.event.value;
  const phase = session.phase.value;
  const view = session.view.value;
  const live = event !== null && view !== null && (phase.kind === 'live' || phase.kind === 'reconnecting');
  useFocusOnChange(phase.kind === 'closed' ? phase.why : live ? 'live' : null);

  if (problem.value === 'unknown') return <Blank title={words.notFoundTitle} body={words.notFoundBody} />;
  if (problem.value === 'unreachable')
    return <Blank title={words.unreachableTitle} body={words.unreachableBody} onRetry={load} />;
  if (event === null) return <Blank title="" body={words.loading} />;
  if (live) return <Show event={event} view={view} reconnecting={phase.kind === 'reconnecting'} />;
  if (phase.kind === 'closed') return <Closing event={event} phase={phase} />;
  if (event.state === 'ended' || view?.ended === true) {
    return <Closing event={event} phase={{ kind: 'closed', why: 'ended', message: '', untilMs: null }} />;
  }
  return <Lobby event={event} phase={phase} />;
}

/** A new page begins at its heading, for those who do not see that it is new. */
function useFocusOnChange(page: string | null): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current && page !== null) {
      const heading = document.querySelector('h1');
      heading?.setAttribute('tabindex', '-1');
      heading?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [page]);
}

interface BlankProps {
  readonly title: string;
  readonly body: string;
  readonly onRetry?: () => void;
}

function Blank({ title, body, onRetry }: BlankProps) {
  return (
    <main class="blank">
      <Backdrop url="" seed="front row" />
      {title !== '' && <h1>{title}</h1>}
      <p role="status">{body}</p>
      {onRetry !== undefined && (
        <button type="button" class="button button-accent" onClick={onRetry}>
          {messages.value.tryAgain}
        </button>
      )}
    </main>
  );
}
