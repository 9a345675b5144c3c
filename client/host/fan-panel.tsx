/** One fan: who they are, what they said, what holds against them, and what can be done. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { FanId } from '../../schemas/ids.ts';
import type { FoundFan, HistoryLine as JournalLine } from '../../schemas/stage.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { background } from '../ui/background.ts';
import { formText } from '../ui/form-text.ts';
import { Icon } from '../ui/icons.tsx';
import { type Person, useDesk, useStage } from './desk.ts';
import { HostLine } from './host-line.tsx';
import { SanctionForm } from './sanction-form.tsx';

const HISTORY_PAGE = 50;
/** What was said in another process is in the journal of all within this, also on a busy night. */
const WRITTEN_MS = 1_500;

export function FanPanel() {
  const desk = useDesk();
  const words = hostMessages.value;
  const person = desk.person.value;
  return (
    <>
      <FanSearch />
      {person === null ? <p class="hint">{words.pickFan}</p> : <FanCard key={person.id} person={person} />}
    </>
  );
}

function FanSearch() {
  const desk = useDesk();
  const words = hostMessages.value;
  const found = useSignal<readonly FoundFan[] | null>(null);
  const search = async (name: string) => {
    if (name !== '') found.value = (await desk.run('find-fan', { name }))?.fans ?? null;
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        background(search(formText(event.currentTarget, 'name')));
      }}
    >
      <div class="form-row">
        <input class="field" name="name" aria-label={words.findFan} placeholder={words.findFan} autocomplete="off" />
        <button type="submit" class="button" aria-label={words.find}>
          <Icon name="search" />
        </button>
      </div>
      {found.value !== null && found.value.length === 0 && <p class="hint">{words.foundNone}</p>}
      {found.value !== null && found.value.length > 0 && (
        <ul class="found">
          {found.value.map((fan) => (
            <li key={fan.id}>
              <button
                type="button"
                class="found-fan"
                onClick={() => {
                  desk.look({ id: fan.id, name: fan.name });
                  found.value = null;
                }}
              >
                <b>{fan.name}</b>
                <small>
                  {[words.inSection(fan.section), fan.muted && words.muted, fan.banned && words.banned]
                    .filter(Boolean)
                    .join(' · ')}
                </small>
              </button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}

function FanCard({ person }: { readonly person: Person }) {
  const desk = useDesk();
  const words = hostMessages.value;
  const view = useStage();
  const history = useSignal<readonly JournalLine[]>([]);
  const more = useSignal(true);
  const fanId = FanId.parse(person.id);
  const sanctions = view.sanctions.filter((sanction) => sanction.fanId === person.id);
  const when = new Intl.DateTimeFormat(words.code, { dateStyle: 'short', timeStyle: 'short' });

  const newest = desk.session.lines.value.findLast((line) => line.fanId === person.id)?.id;

  const load = async (beforeMs?: number) => {
    const page = await desk.run('history', { fanId, limit: HISTORY_PAGE, ...(beforeMs === undefined ? {} : { beforeMs }) });
    if (page === undefined) return;
    const oldestMs = page.lines.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    const known = new Set(page.lines.map(({ id }) => id));
    const kept = history.value.filter(({ id, atMs }) => !known.has(id) && (beforeMs !== undefined || atMs <= oldestMs));
    history.value = beforeMs === undefined ? [...page.lines, ...kept] : [...kept, ...page.lines];
    if (beforeMs !== undefined || kept.length === 0) more.value = page.lines.length === HISTORY_PAGE;
  };
  useEffect(() => {
    background(load());
    return desk.clock.after(WRITTEN_MS, () => background(load()));
  }, [newest]);

  return (
    <article class="fan-card" aria-label={person.name}>
      <h3 class="fan-name">{person.name}</h3>
      {sanctions.map((sanction) => (
        <div class="sanction" key={sanction.kind}>
          <p>
            <b>{words.sanctions[sanction.kind]}</b>{' '}
            {sanction.untilMs === null ? words.forever : words.until(when.format(sanction.untilMs))}
            {sanction.reason !== '' && <small>{sanction.reason}</small>}
          </p>
          {sanction.kind !== 'kick' && (
            <button
              type="button"
              class="button"
              onClick={() => void desk.run(sanction.kind === 'mute' ? 'unmute' : 'unban', { fanId })}
            >
              {words.lift}
            </button>
          )}
        </div>
      ))}
      <SanctionForm fanId={fanId} name={person.name} />
      <h4 class="card-title">{words.history}</h4>
      {history.value.length === 0 && <p class="hint">{words.noHistory}</p>}
      <ol class="history">
        {history.value.map((line) => (
          <HostLine key={line.id} line={line} section={line.section} note={line.removed ? words.removedLine : ''} />
        ))}
      </ol>
      {more.value && history.value.length > 0 && (
        <button type="button" class="button" onClick={() => void load(history.value.at(-1)?.atMs)}>
          {words.older}
        </button>
      )}
    </article>
  );
}
