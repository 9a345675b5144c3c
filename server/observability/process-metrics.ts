/** Figures of the process itself: CPU, memory, event loop, descriptors, and what waits in its buffers. */
import { performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { descriptorsOpen } from './descriptors.ts';

export interface ProcessSources {
  /** Bytes that sockets have not taken yet. */
  readonly bufferedBytes: () => number;
  /** Journal calls that have not been answered yet. */
  readonly journalWaiting: () => number;
}

/** Each walks over every open socket at every scrape: 5 µs a fan. */
const TOO_DEAR = [
  'process_open_fds',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'nodejs_active_resources',
  'nodejs_active_resources_total',
];

/**
 * Besides ours this registers the customary series that dashboards know: `process_cpu_seconds_total`,
 * `process_resident_memory_bytes`, `process_open_fds` and `process_max_fds` (from /proc/self), `nodejs_eventloop_lag_*`.
 */
export function measureProcess(registry: Registry, sources: ProcessSources): void {
  collectDefaultMetrics({ register: registry });
  for (const name of TOO_DEAR) registry.removeSingleMetric(name);
  const registers = [registry];
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
