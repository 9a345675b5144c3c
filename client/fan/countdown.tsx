/** Time left, as a poster shows it. */
import { messages } from '../i18n/language.ts';
import { countdownParts } from '../ui/format.ts';
import { useTicking } from '../ui/ticking.ts';
import { useParty } from './party.ts';

export function Countdown({ untilMs }: { readonly untilMs: number }) {
  const { session, clock } = useParty();
  const words = messages.value;
  const left = useTicking(clock, 250, () => countdownParts(untilMs - session.clock.nowMs()));
  const parts = [
    ...(left.days > 0 ? [{ count: left.days, unit: words.days(left.days) }] : []),
    ...(left.days > 0 || left.hours > 0 ? [{ count: left.hours, unit: words.hours(left.hours) }] : []),
    { count: left.minutes, unit: words.minutes(left.minutes) },
    ...(left.days > 0 ? [] : [{ count: left.seconds, unit: words.seconds(left.seconds) }]),
  ];
  return (
    <div
      class="countdown"
      role="timer"
      aria-label={`${words.doorsOpenIn} ${parts.map((part) => `${part.count} ${part.unit}`).join(', ')}`}
    >
      <p class="eyebrow" aria-hidden="true">
        {words.doorsOpenIn}
      </p>
      <p class="countdown-parts" aria-hidden="true">
        {parts.map(({ count, unit }, at) => (
          <span class="countdown-part" key={at}>
            <b>{count}</b> {unit}
          </span>
        ))}
      </p>
    </div>
  );
}

export function RetryCountdown({ atMs }: { readonly atMs: number }) {
  const { session, clock } = useParty();
  const seconds = useTicking(clock, 500, () => Math.max(0, Math.ceil((atMs - session.clock.nowMs()) / 1_000)));
  return <p class="door-note">{messages.value.nextTryIn(seconds)}</p>;
}
