/** Every way in which a party can be over for someone, each with its words and, where there is one, a way back. */
import type { EventSummary } from '../../schemas/http.ts';
import type { Messages } from '../i18n/en.ts';
import { messages } from '../i18n/language.ts';
import type { SessionPhase } from '../session/types.ts';
import { background } from '../ui/background.ts';
import { trackTime } from '../ui/format.ts';
import { fanName } from '../ui/preferences.ts';
import { useTicking } from '../ui/ticking.ts';
import { Poster } from './lobby.tsx';
import { useParty } from './party.ts';

type Closed = Extract<SessionPhase, { kind: 'closed' }>;

interface Farewell {
  readonly title: string;
  readonly body: string;
  /** The way back, if there is one. */
  readonly back: string | null;
}

function farewellOf(words: Messages, event: EventSummary, { why, code, message, untilMs }: Closed): Farewell {
  switch (why) {
    case 'ended':
      return { title: words.endedTitle, body: words.endedBody(event.title), back: null };
    case 'banned':
      return { title: words.bannedTitle, body: words.bannedBody, back: untilMs === null ? null : words.comeBack };
    case 'kicked':
      return { title: words.kickedTitle, body: words.kickedBody, back: words.comeBack };
    case 'elsewhere':
      return { title: words.elsewhereTitle, body: words.elsewhereBody, back: words.continueHere };
    case 'left':
      return { title: words.leftTitle, body: words.leftBody, back: words.comeBack };
    case 'outdated':
      return { title: words.refusedTitle, body: words.outdatedBody, back: null };
    case 'refused': {
      const body = code === null ? words.refusedBody : (words.refusals[code] ?? message);
      return { title: words.refusedTitle, body, back: words.tryAgain };
    }
  }
}

export function Closing({ event, phase }: { readonly event: EventSummary; readonly phase: Closed }) {
  const { session, player, clock } = useParty();
  const words = messages.value;
  const farewell = farewellOf(words, event, phase);
  const free = useTicking(
    clock,
    phase.untilMs === null ? 0 : 1_000,
    () => phase.untilMs === null || session.clock.nowMs() >= phase.untilMs,
  );
  const setlist = session.view.value?.setlist ?? [];
  const isSentAway = phase.why === 'banned' || phase.why === 'kicked';
  const until =
    phase.untilMs === null || !isSentAway
      ? null
      : new Intl.DateTimeFormat(words.code, { dateStyle: 'medium', timeStyle: 'short' }).format(phase.untilMs);
  return (
    <Poster event={event} eyebrow={words.listeningParty}>
      <div class="farewell" role="status">
        <h2>{farewell.title}</h2>
        <p>{farewell.body}</p>
        {phase.reason !== '' && <p>{words.staffSay(phase.reason)}</p>}
        {until !== null && <p>{words.untilWhen(until)}</p>}
      </div>
      {farewell.back !== null && free && (
        <button
          type="button"
          class="button button-accent"
          onClick={() => {
            background(player.unlock());
            // A refusal shows as the phase; a name that will not do any more leads back to the poster.
            session.enter(fanName.value.trim()).catch(() => undefined);
          }}
        >
          {farewell.back}
        </button>
      )}
      {phase.why === 'ended' && setlist.length > 0 && (
        <section class="heard" aria-label={words.endedPlayed}>
          <h3 class="eyebrow">{words.endedPlayed}</h3>
          <ol tabIndex={0}>
            {setlist.map((track) => (
              <li key={track.id}>
                <span>{track.title}</span>
                <span>{track.durationMs === null ? '' : trackTime(track.durationMs)}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </Poster>
  );
}
