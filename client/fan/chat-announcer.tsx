/** Speaks new chat to screen readers, at most once every few seconds; can be switched off in the settings. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { messages } from '../i18n/language.ts';
import type { ShownLine } from '../session/types.ts';
import { ANNOUNCE_EVERY_MS, nextAnnouncement, type SpokenLine } from '../ui/announcer.ts';
import { isForMe, mentionOf, snippet } from '../ui/chat-view.ts';
import type { HiddenFans } from '../ui/hidden-fans.ts';
import { speakChat } from '../ui/preferences.ts';
import { useParty } from './party.ts';

/** How often pending lines are looked at. */
const LOOK_EVERY_MS = 500;

export function ChatAnnouncer({ hidden }: { readonly hidden: HiddenFans }) {
  const { session, clock } = useParty();
  const spoken = useSignal('');
  /** The lines that were there at the last look; those of the first look are not news. */
  const known = useRef<ReadonlySet<string> | null>(null);
  const pending = useRef<readonly SpokenLine[]>([]);
  const lastAtMs = useRef(-ANNOUNCE_EVERY_MS);

  useSignalEffect(() => {
    const lines = session.lines.value;
    const before = known.current;
    known.current = new Set(lines.map((line) => line.id));
    const hiddenIds = new Set(hidden.fans.value.map(({ id }) => id));
    const now = new Set(lines.filter(({ fanId }) => !hiddenIds.has(fanId)).map(({ id }) => id));
    const namesMe = mentionOf(session.fan.value?.name ?? '');
    const fresh = before === null ? [] : lines.filter((line) => line.mine === null && !before.has(line.id));
    const waiting = [...pending.current, ...fresh.map((line) => spokenLine(line, lines, namesMe))];
    // What was taken away meanwhile is not spoken, nor is what the listener hides.
    pending.current = speakChat.value ? waiting.filter((line) => now.has(line.id)).slice(-200) : [];
  });

  useEffect(
    () =>
      clock.every(LOOK_EVERY_MS, () => {
        const nowMs = clock.nowMs();
        const next = nextAnnouncement(pending.current, lastAtMs.current, nowMs);
        if (next.kind !== 'say') return;
        const words = messages.value;
        const sentences = next.lines.map((line) => words.announceLine(line.name, snippet(line.text, 160)));
        spoken.value = [...sentences, ...(next.more > 0 ? [words.announceMore(next.more)] : [])].join('. ');
        pending.current = [];
        lastAtMs.current = nowMs;
      }),
    [clock, spoken],
  );

  return (
    <p class="sr-only" role="status" aria-live="polite">
      {spoken.value}
    </p>
  );
}

function spokenLine(line: ShownLine, lines: readonly ShownLine[], namesMe: (text: string) => boolean): SpokenLine {
  const answered = lines.find(({ id }) => id === line.replyTo);
  return { id: line.id, name: line.name, text: line.text, important: isForMe(line, answered, namesMe) || line.role !== 'fan' };
}
