/** Which page a fan sees, by where the session is. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { messages } from '../i18n/language.ts';
import { isAtShow } from '../session/phases.ts';
import { Backdrop } from '../ui/cover.tsx';
import { applyTheme } from '../ui/theme.ts';
import { Closing } from './closing.tsx';
import { keepLoading, type LoadProblem } from './keep-loading.ts';
import { Lobby } from './lobby.tsx';
import { type Party, PartyContext, useParty } from './party.ts';
import { Show } from './show.tsx';

const OVER = { kind: 'closed', why: 'ended', code: null, message: '', reason: '', untilMs: null } as const;

export function App({ party }: { readonly party: Party }) {
  return (
    <PartyContext.Provider value={party}>
      <Page />
    </PartyContext.Provider>
  );
}

function Page() {
  const party = useParty();
  const { session } = party;
  const words = messages.value;
  const problem = useSignal<LoadProblem>(null);
  const asked = useSignal(0);
  useEffect(() => {
    const say = (heard: LoadProblem) => {
      problem.value = heard;
    };
    return keepLoading(party, say);
  }, [asked.value]);
  useSignalEffect(() => {
    const event = session.event.value;
    if (event === null) return;
    applyTheme(event.theme, document.documentElement);
    document.title = event.artist === '' ? event.title : `${event.title} · ${event.artist}`;
  });

  const event = session.event.value;
  const phase = session.phase.value;
  const view = session.view.value;
  const live = event !== null && view !== null && isAtShow(phase);
  useFocusOnChange(phase.kind === 'closed' ? phase.why : live ? 'live' : null);

  if (problem.value === 'unknown') return <Blank title={words.notFoundTitle} body={words.notFoundBody} />;
  if (problem.value === 'silent') {
    const askNow = () => {
      problem.value = null;
      asked.value += 1;
    };
    return <Blank title={words.unreachableTitle} body={words.stillAsking} onRetry={askNow} />;
  }
  if (event === null) return <Blank title="" body={words.loading} />;
  if (live) return <Show event={event} view={view} reconnecting={phase.kind !== 'live'} />;
  if (phase.kind === 'closed') return <Closing event={event} phase={phase} />;
  if (event.state === 'ended' || view?.ended === true) {
    return <Closing event={event} phase={OVER} />;
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
