/** What waits to be shipped, as Prometheus series: how much a lost disk would cost now. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ShipStatus } from './shipper.ts';

/** Registers the series in `registry`, once. `nowMs` is event time. */
export function measureShipping(registry: Registry, statusOf: () => ShipStatus, nowMs: () => number): void {
  const gauge = (name: string, help: string, valueOf: (status: ShipStatus) => number) =>
    new Gauge({
      name: `front_row_journal_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(valueOf(statusOf()));
      },
    });
  const counter = (name: string, help: string, valueOf: (status: ShipStatus) => number) =>
    new Counter({
      name: `front_row_journal_${name}`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(valueOf(statusOf()));
      },
    });
  gauge('unshipped_rows', 'Rows of the journal that are not in the database yet.', ({ backlog }) => backlog.rows);
  gauge('unshipped_age_seconds', 'Age of the oldest of them.', ({ backlog: { oldestAtMs } }) =>
    oldestAtMs === null ? 0 : Math.max(0, nowMs() - oldestAtMs) / 1_000,
  );
  gauge('failed_shipments', 'Attempts in a row that failed.', ({ failures }) => failures);
  counter('shipped_rows_total', 'Rows shipped, those of adopted journals included.', ({ shipped }) => shipped);
  counter('refused_rows_total', 'Rows that the database refuses for what they are.', ({ refused }) => refused);
  counter('adopted_total', 'Journals of processes that are gone, shipped whole.', ({ adopted }) => adopted);
}
