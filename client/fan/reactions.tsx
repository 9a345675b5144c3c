/** The crowd's hands: a button per emoji, and everyone's reactions rising over the stage. */
import { useComputed, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { messages } from '../i18n/language.ts';
import { calmReactions } from '../ui/preferences.ts';
import { crowdDelta, spreadSparks, type Totals } from '../ui/reaction-spread.ts';
import { useParty } from './party.ts';
import { MAX_SPARKS, SparkCanvas } from './spark-canvas.ts';

/** A frame's reactions are spread over the time until the next one; that time is learned, within these bounds. */
const SPREAD_MIN_MS = 400;
const SPREAD_MAX_MS = 5_000;
/** New sparks per frame, over which a crowd is only a denser crowd. */
const SPARKS_PER_FRAME = 40;
/** Our own reactions that no total has shown by then were never counted. */
const OWN_FORGOTTEN_MS = 10_000;

const stillness = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-reduced-motion: reduce)');

function still(): boolean {
  return calmReactions.value || stillness?.matches === true;
}

export function Reactions({ emojis }: { readonly emojis: readonly string[] }) {
  const { session, clock, random } = useParty();
  const words = messages.value;
  const canvas = useRef<HTMLCanvasElement>(null);
  const sparks = useRef<SparkCanvas | null>(null);
  const seen = useRef<{ totals: Totals; atMs: number } | null>(null);
  const own = useRef<{ counts: Totals; atMs: number }>({ counts: {}, atMs: 0 });
  const totals = useComputed(() => session.view.value?.reactions ?? null);
  const compact = useMemo(() => new Intl.NumberFormat(words.code, { notation: 'compact', maximumFractionDigits: 1 }), [words]);

  useEffect(() => {
    if (canvas.current === null) return undefined;
    const drawing = new SparkCanvas(canvas.current, random);
    sparks.current = drawing;
    return () => drawing.stop();
  }, [random]);

  useSignalEffect(() => {
    const after = totals.value;
    if (after === null) return;
    const nowMs = clock.nowMs();
    const before = seen.current;
    if (before !== null && before.totals !== after) {
      const ours = nowMs - own.current.atMs > OWN_FORGOTTEN_MS ? {} : own.current.counts;
      const delta = crowdDelta(before.totals, after, ours);
      own.current = { ...own.current, counts: delta.own };
      const spanMs = Math.min(SPREAD_MAX_MS, Math.max(SPREAD_MIN_MS, nowMs - before.atMs));
      const hidden = document.visibilityState === 'hidden';
      if (!hidden && !still())
        sparks.current?.launch(spreadSparks(delta.crowd, spanMs, Math.min(SPARKS_PER_FRAME, MAX_SPARKS), random));
    }
    seen.current = { totals: after, atMs: nowMs };
  });

  const react = (emoji: string, button: HTMLElement) => {
    session.react(emoji);
    own.current = { counts: { ...own.current.counts, [emoji]: (own.current.counts[emoji] ?? 0) + 1 }, atMs: clock.nowMs() };
    const area = canvas.current?.getBoundingClientRect();
    const from = button.getBoundingClientRect();
    if (area !== undefined && !still()) {
      const across = (from.left + from.width / 2 - area.left) / area.width;
      sparks.current?.launch([{ emoji, inMs: 0 }], Math.min(0.95, Math.max(0.05, across)));
    }
  };

  if (emojis.length === 0) return null;
  return (
    <>
      <canvas ref={canvas} class="sparks" aria-hidden="true" />
      <div class="reactions" role="group" aria-label={words.reactions}>
        {emojis.map((emoji) => {
          const total = totals.value?.[emoji] ?? 0;
          return (
            <button key={emoji} type="button" class="reaction" onClick={(event) => react(emoji, event.currentTarget)}>
              <span class="reaction-emoji" aria-hidden="true">
                {emoji}
              </span>
              <span class="sr-only">{words.reactWith(emoji)}, </span>
              <span class="reaction-total">{compact.format(total)}</span>
            </button>
          );
        })}
      </div>
    </>
  );
}
