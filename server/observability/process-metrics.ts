/** Figures of the process itself: CPU, memory, event loop, descriptors, and what waits in its buffers. */
import { performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { descriptorsOpen } from './descriptors.ts';
import { LoopDelay } from './loop-delay.ts';

export interface ProcessSources {
  /** Bytes that sockets have not taken yet. */
  readonly bufferedBytes: () => number;
  /** Journal calls that have not been answered yet. */
  readonly journalWaiting: () => number;
}

/** Each walks over every open socket at every scrape, 5 µs a fan; or wakes the process a hundred times a second. */
const TOO_DEAR = [
  'nodejs_eventloop_lag_seconds',
  'nodejs_eventloop_lag_min_seconds',
  'nodejs_eventloop_lag_max_seconds',
  'nodejs_eventloop_lag_mean_seconds',
  'nodejs_eventloop_lag_stddev_seconds',
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p90_seconds',
  'nodejs_eventloop_lag_p99_seconds',
  'process_open_fds',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'nodejs_active_resources',
  'nodejs_active_resources_total',
];

/** In ms: the customary timer behind the series that are taken away. */
const NEVER_MS = 1e9;

/**
 * Besides ours this registers the customary series that dashboards know: `process_cpu_seconds_total`,
 * `process_resident_memory_bytes`, `process_open_fds` and `process_max_fds` (from /proc/self), `nodejs_eventloop_lag_*`.
 */
export function measureProcess(registry: Registry, sources: ProcessSources): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MS });
  for (const name of TOO_DEAR) registry.removeSingleMetric(name);
  const registers = [registry];
  measureLoop(registers);
  new Gauge({
    name: 'process_open_fds',
    help: 'Number of open file descriptors.',
    registers,
    collect() {
      const open = descriptorsOpen();
      if (open !== undefined) this.set(open);
    },
  });
  let last = performance.eventLoopUtilization();
  new Gauge({
    name: 'front_row_event_loop_utilisation_ratio',
    help: 'Share of the time since the last scrape that the event loop was busy.',
    registers,
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, last).utilization);
      last = now;
    },
  });
  new Gauge({
    name: 'front_row_buffered_bytes',
    help: 'Bytes that wait for slow sockets.',
    registers,
    collect() {
      this.set(sources.bufferedBytes());
    },
  });
  new Gauge({
    name: 'front_row_journal_waiting_calls',
    help: 'Journal calls that have not been answered yet.',
    registers,
    collect() {
      this.set(sources.journalWaiting());
    },
  });
}

/** Under their customary names, without the timer's own period. The first that is collected sets them all. */
function measureLoop(registers: Registry[]): void {
  const delay = new LoopDelay();
  const gauge = (which: string, collect?: () => void) =>
    new Gauge({
      name: `nodejs_eventloop_lag_${which}_seconds`,
      help: `How late the event loop ran since the last scrape: ${which}.`,
      registers,
      ...(collect && { collect }),
    });
  const p50 = gauge('p50', () => {
    const { p50Ms, p99Ms, maxMs } = delay.take();
    p50.set(p50Ms / 1_000);
    p99.set(p99Ms / 1_000);
    max.set(maxMs / 1_000);
  });
  const [p99, max] = [gauge('p99'), gauge('max')];
}
