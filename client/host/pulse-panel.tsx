/** The evening over time: audience, lines and reactions from the journal, and how far out of step the crowd is. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { hostMessages } from '../i18n/host-language.ts';
import { background } from '../ui/background.ts';
import { chartPath } from './chart-path.ts';
import { useDesk } from './desk.ts';
import { type Facts, spanOf } from './facts.ts';

const SPAN_MINUTES = 30;
const STEP_MS = 10_000;
const WIDTH = 320;
const HEIGHT = 72;

export function PulsePanel() {
  const desk = useDesk();
  const { session, clock } = desk;
  const words = hostMessages.value;
  const facts = useSignal<Facts>({ points: [], atMs: 0, stale: false });
  const sync = useSignal<readonly { readonly p50: number; readonly p95: number }[]>([]);

  useEffect(() => {
    const load = async () => {
      const nowMs = session.clock.nowMs();
      // Nobody pressed anything: a failure is told here, and takes no toast's place.
      try {
        const answer = await session.command('facts', { sinceMs: nowMs - SPAN_MINUTES * 60_000, stepMs: STEP_MS });
        facts.value = { points: answer.points, atMs: nowMs, stale: false };
      } catch {
        facts.value = { ...facts.value, stale: true };
      }
    };
    background(load());
    return clock.every(STEP_MS, () => background(load()));
  }, [desk]);
  useEffect(
    () =>
      clock.every(2_000, () => {
        const { syncP50Ms, syncP95Ms } = session.view.peek()?.crowd ?? { syncP50Ms: null, syncP95Ms: null };
        if (syncP50Ms !== null && syncP95Ms !== null)
          sync.value = [...sync.value, { p50: syncP50Ms, p95: syncP95Ms }].slice(-300);
      }),
    [desk],
  );

  const { points } = facts.value;
  const count = new Intl.NumberFormat(words.code);
  const format = (value: number) => count.format(Math.round(value));
  return (
    <div class="pulse">
      <p class="hint">{spanOf(words, facts.value, SPAN_MINUTES)}</p>
      <Chart name={words.audience} values={points.map((point) => point.fans)} format={format} />
      <Chart name={words.messages} values={points.map((point) => point.lines)} format={format} />
      <Chart name={words.reactions} values={points.map((point) => point.reactions)} format={format} />
      <Chart
        name={words.crowdSync}
        values={sync.value.map((sample) => sample.p95)}
        beneath={sync.value.map((sample) => sample.p50)}
        format={(ms) => words.milliseconds(Math.round(ms))}
      />
    </div>
  );
}

interface ChartProps {
  readonly name: string;
  readonly values: readonly number[];
  /** A second series, on the same scale. */
  readonly beneath?: readonly number[];
  readonly format: (value: number) => string;
}

function Chart({ name, values, beneath = [], format }: ChartProps) {
  const words = hostMessages.value;
  const path = chartPath(values, WIDTH, HEIGHT);
  const now = format(values.at(-1) ?? 0);
  const most = format(path.most);
  return (
    <figure class="chart">
      <figcaption>
        <span>{name}</span>
        <b>{values.length === 0 ? '' : now}</b>
        <small>{values.length === 0 ? '' : words.most(most)}</small>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words.overTime(name, now, most)}>
        <path class="chart-area" d={path.area} />
        <path class="chart-line" d={path.line} vector-effect="non-scaling-stroke" />
        {beneath.length > 0 && (
          <path
            class="chart-line chart-line-beneath"
            d={chartPath(beneath, WIDTH, HEIGHT, path.most).line}
            vector-effect="non-scaling-stroke"
          />
        )}
      </svg>
    </figure>
  );
}
