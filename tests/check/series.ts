/** Every series that a process of a cluster has. */
import type { Registry } from 'prom-client';
import { measureHouse } from '../../server/observability/house-metrics.ts';
import { createMetrics } from '../../server/observability/metrics.ts';
import { measureProcess } from '../../server/observability/process-metrics.ts';
import { measureShipping } from '../../server/store/ship-metrics.ts';

const NOTHING_SHIPPED = {
  backlog: { rows: 0, oldestAtMs: null },
  shipped: 0,
  refused: 0,
  failures: 0,
  adopting: null,
  adopted: 0,
};

export async function houseSeries(registry: Registry): Promise<ReadonlySet<string>> {
  createMetrics(registry);
  measureProcess(registry, { bufferedBytes: () => 0, journalWaiting: () => 0 });
  measureHouse(registry, {
    isReady: () => true,
    stages: () => [],
    redis: { figures: () => ({ lost: 0, unanswered: 0 }), eventTimeErrorMs: () => 0 },
  });
  measureShipping(
    registry,
    () => NOTHING_SHIPPED,
    () => 0,
  );
  return new Set((await registry.getMetricsAsJSON()).map(({ name }) => name));
}
