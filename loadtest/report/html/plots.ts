/** The run in pictures. */
import type { CurvePoint } from '../histogram.ts';
import type { ProcessRow, Report, SecondRow } from '../report.ts';
import type { Markup } from './markup.ts';
import { type PlotOptions, plot, type Series } from './plot.ts';
import { linearScale, logScale, ninesScale, spanScale } from './scale.ts';
import { count, milliseconds, moment, share, short } from './wording.ts';

const MB = 1_024 * 1_024;

export function plotsOf(report: Report): Markup[] {
  const { perSecond, perProcess } = report;
  const marks = report.acts.map(({ what, atS }) => ({ x: atS, label: what }));
  const overTime = ({
    log = false,
    ...rest
  }: Pick<PlotOptions, 'title' | 'note' | 'series' | 'yText' | 'bound'> & { readonly log?: boolean }) => {
    const all = rest.series.flatMap(({ points }) => points);
    const xs = all.map(([x]) => x);
    const max = Math.max(rest.bound ?? 0, ...all.map(([, y]) => y ?? 0));
    const x = spanScale(Math.min(0, ...xs), Math.max(1, ...xs));
    return plot({ ...rest, x, y: log ? logScale(max) : linearScale(max), xText: moment, marks });
  };
  const seconds = (name: string, value: (row: SecondRow) => number | null, colour: number, as: Series['as'] = 'line'): Series => {
    return { name, points: perSecond.map((row) => [row.atS, value(row)] as const), colour, as };
  };
  const processes = (value: (row: ProcessRow) => number | null): Series[] => {
    return perProcess.map((rows, n) => ({
      name: `process ${n}`,
      points: rows.map((row) => [row.atS, value(row)] as const),
      colour: n % 8,
    }));
  };
  // A second in which nobody was timed has no percentile.
  const timed = (ms: number) => (ms > 0 ? ms : null);
  return [
    overTime({
      title: 'Arrivals',
      note: 'Fans due by the schedule, and fans who sit: where the two part, somebody waits.',
      series: [
        seconds('due', ({ due }) => due, 7, 'dashed'),
        seconds('seated', ({ live }) => live, 0, 'area'),
        seconds('seated', ({ live }) => live, 0),
      ].filter(
        // The area is the line's own shade, and needs no name.
        (_, n) => n !== 1 || perSecond.length > 1,
      ),
      yText: short,
    }),
    overTime({
      title: 'Joins per second',
      note: 'First whole states received.',
      series: [seconds('joins', ({ joins }) => joins, 0)],
      yText: short,
    }),
    overTime({
      title: 'Latency over time',
      note: 'p99 of each second, from the moment that each thing was meant for. Logarithmic.',
      series: [
        seconds('join', ({ joinP99Ms }) => timed(joinP99Ms), 0),
        seconds('chat acknowledged', ({ ackP99Ms }) => timed(ackP99Ms), 1),
        seconds('line on the screen', ({ deliveryP99Ms }) => timed(deliveryP99Ms), 2),
      ],
      yText: milliseconds,
      log: true,
    }),
    percentiles(report),
    overTime({
      title: 'Frames received',
      note: 'By all light fans, per second.',
      series: [seconds('frames', ({ frames }) => frames, 3)],
      yText: short,
    }),
    overTime({
      title: 'Bytes received',
      note: 'By all light fans, MB per second.',
      series: [seconds('MB', ({ bytes }) => bytes / MB, 3)],
      yText: (value) => `${count(value)} MB`,
    }),
    overTime({ title: 'CPU', note: 'Of each process, in cores.', series: processes(({ cpu }) => cpu), yText: count }),
    overTime({
      title: 'Memory',
      note: 'Resident, of each process.',
      series: processes(({ rssMb }) => rssMb),
      yText: (value) => `${short(value)} MB`,
    }),
    overTime({
      title: 'Event-loop delay',
      note: 'p99 of each second, by process. A timer of 10 ms is the least that shows. Logarithmic.',
      series: processes(({ loopP99Ms }) => loopP99Ms),
      yText: milliseconds,
      log: true,
    }),
    overTime({
      title: 'The generator itself',
      note: 'How late its own timers ran: latency above may be no better than this.',
      series: [seconds('lag', ({ generatorLagMs }) => generatorLagMs, 4)],
      yText: milliseconds,
    }),
  ];
}

function percentiles({ curves, fans, chat }: Report): Markup {
  const series = (name: string, points: readonly CurvePoint[], colour: number): Series => ({ name, points, colour });
  const all = [
    series('join', curves.join, 0),
    series('chat acknowledged', curves.chatAck, 1),
    series('line on the screen', curves.delivery, 2),
    series('the same, less the beat', curves.deliveryLessBeat, 3),
    series('cue skew', curves.cueSkew, 4),
  ];
  return plot({
    title: 'Percentiles',
    note: 'Of the whole run: how bad it was for the worst one in a hundred, in a thousand, in ten thousand. Logarithmic.',
    series: all,
    x: ninesScale(Math.max(fans.requested, chat.linesDelivered)),
    y: logScale(Math.max(...all.flatMap(({ points }) => points.map(([, ms]) => ms ?? 0)))),
    xText: share,
    yText: milliseconds,
  });
}
