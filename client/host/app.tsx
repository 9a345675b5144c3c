/** The console: one screen, everything at hand, nothing that moves by itself but the music. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { PartyError } from '../../core/errors.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { refusalText } from '../i18n/refusal-text.ts';
import { background } from '../ui/background.ts';
import { applyTheme } from '../ui/theme.ts';
import { type Desk, DeskContext, useDesk } from './desk.ts';
import { HostChat } from './host-chat.tsx';
import { Panels } from './panels.tsx';
import { SetlistEditor } from './setlist-editor.tsx';
import { StatusStrip } from './status-strip.tsx';
import { Toaster } from './toaster.tsx';
import { Transport } from './transport.tsx';

export function App({ desk, invite }: { readonly desk: Desk; readonly invite: string | null }) {
  return (
    <DeskContext.Provider value={desk}>
      <Console invite={invite} />
    </DeskContext.Provider>
  );
}

function Console({ invite }: { readonly invite: string | null }) {
  const { session } = useDesk();
  const words = hostMessages.value;
  const problem = useSignal<{ readonly title: string; readonly body: string } | null>(null);
  const enter = async () => {
    problem.value = null;
    try {
      await session.load();
      await session.enter(invite);
    } catch (error) {
      const uninvited = error instanceof PartyError && error.code === 'bad_invite';
      problem.value = uninvited
        ? { title: words.needsInvite, body: words.needsInviteBody }
        : { title: refusalText(error), body: '' };
    }
  };
  const retry = () => background(enter());
  useEffect(retry, []);
  useSignalEffect(() => {
    const event = session.event.value;
    if (event === null) return;
    applyTheme(event.theme, document.documentElement);
    document.title = `${event.title} · ${hostMessages.value.console}`;
  });

  const phase = session.phase.value;
  if (problem.value !== null) return <Outside title={problem.value.title} body={problem.value.body} onRetry={retry} />;
  if (phase.kind === 'closed') return <Outside title={words.closedTitle} body={phase.message} onRetry={retry} />;
  if (session.view.value === null || session.event.value === null) return <Outside title={words.connecting} body="" />;
  return (
    <div class="console">
      <StatusStrip />
      <main class="desk">
        <div class="desk-show">
          <Transport />
          <SetlistEditor />
        </div>
        <HostChat />
        <Panels />
      </main>
      <Toaster />
    </div>
  );
}

interface OutsideProps {
  readonly title: string;
  readonly body: string;
  readonly onRetry?: () => void;
}

function Outside({ title, body, onRetry }: OutsideProps) {
  return (
    <main class="outside">
      <h1>{title}</h1>
      <p role="status">{body}</p>
      {onRetry !== undefined && (
        <button type="button" class="button button-accent" onClick={onRetry}>
          {hostMessages.value.tryAgain}
        </button>
      )}
    </main>
  );
}
