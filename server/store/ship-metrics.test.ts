import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Registry } from 'prom-client';
import { measureShipping } from './ship-metrics.ts';
import type { ShipStatus } from './shipper.ts';

describe('metrics of shipping', () => {
  it('PG22 say how much waits and since when, as it is when asked', async () => {
    const registry = new Registry();
    let status: ShipStatus = {
      backlog: { rows: 7, oldestAtMs: 1_000 },
      shipped: 3,
      refused: 1,
      failures: 2,
      adopting: null,
      adopted: 4,
    };
    measureShipping(
      registry,
      () => status,
      () => 3_500,
    );
    const values = async () =>
      Object.fromEntries(
        (await registry.metrics())
          .split('\n')
          .filter((text) => text !== '' && !text.startsWith('#'))
          .map((text) => text.replace('front_row_journal_', '').split(' ')),
      );
    assert.deepEqual(await values(), {
      unshipped_rows: '7',
      unshipped_age_seconds: '2.5',
      failed_shipments: '2',
      shipped_rows_total: '3',
      refused_rows_total: '1',
      adopted_total: '4',
    });
    status = { ...status, backlog: { rows: 0, oldestAtMs: null }, shipped: 10, failures: 0 };
    assert.deepEqual(await values(), {
      unshipped_rows: '0',
      unshipped_age_seconds: '0',
      failed_shipments: '0',
      shipped_rows_total: '10',
      refused_rows_total: '1',
      adopted_total: '4',
    });
  });
});
