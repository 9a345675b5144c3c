import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { beforeEach, describe, it } from 'mocha';
import { Registry } from 'prom-client';
import type { Metrics } from '../../rooms/ports.ts';
import { eventId } from '../../tests/contract/samples.ts';
import { measureHouse } from './house-metrics.ts';
import { createMetrics } from './metrics.ts';
import { measureProcess } from './process-metrics.ts';

/** The value of one series in the text that Prometheus would read, or undefined. */
async function series(registry: Registry, name: string): Promise<number | undefined> {
  const line = (await registry.metrics()).split('\n').find((line) => line.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

describe('metrics', () => {
  let registry: Registry;
  let metrics: Metrics;
  beforeEach(() => {
    registry = new Registry();
    metrics = createMetrics(registry);
  });

  it('OB3 counts joins by result and measures them in seconds', async () => {
    metrics.joined('section', 120);
    metrics.joined('section', 80);
    metrics.joined('stage', 10);
    metrics.refusedJoin('banned');
    metrics.asked('seat');
    metrics.asked('line');
    metrics.asked('line');
    metrics.asked('banned');
    metrics.left('section');
    assert.equal(await series(registry, 'front_row_joins_total{room="section",result="joined"}'), 2);
    assert.equal(await series(registry, 'front_row_joins_total{room="none",result="banned"}'), 1);
    assert.equal(await series(registry, 'front_row_join_duration_seconds_sum{room="section"}'), 0.2);
    assert.equal(await series(registry, 'front_row_join_duration_seconds_bucket{le="0.1",room="section"}'), 1);
    assert.equal(await series(registry, 'front_row_asks_total{answer="seat"}'), 1);
    assert.equal(await series(registry, 'front_row_asks_total{answer="line"}'), 2);
    assert.equal(await series(registry, 'front_row_asks_total{answer="banned"}'), 1);
    assert.equal(await series(registry, 'front_row_leaves_total{room="section"}'), 1);
  });

  it('OB3 counts beats, frames, bytes, lines, gaps and errors', async () => {
    metrics.beat(100, 5, 30, 4_000);
    metrics.beat(300, 15, 20, 1_000);
    metrics.lineAccepted();
    metrics.lineRefused('slow_mode');
    metrics.busGap();
    metrics.busDropped('unparsable');
    metrics.shownShare(0.25);
    metrics.moderationEffect(150);
    metrics.handlerError('chat');
    assert.equal(await series(registry, 'front_row_beat_length_seconds_sum'), 0.4);
    assert.equal(await series(registry, 'front_row_beat_fan_out_seconds_sum'), 0.02);
    assert.equal(await series(registry, 'front_row_sent_frames_total'), 50);
    assert.equal(await series(registry, 'front_row_sent_bytes_total'), 5_000);
    assert.equal(await series(registry, 'front_row_lines_accepted_total'), 1);
    assert.equal(await series(registry, 'front_row_lines_refused_total{reason="slow_mode"}'), 1);
    assert.equal(await series(registry, 'front_row_bus_gaps_total'), 1);
    assert.equal(await series(registry, 'front_row_bus_dropped_messages_total{reason="unparsable"}'), 1);
    assert.equal(await series(registry, 'front_row_shown_ratio'), 0.25);
    assert.equal(await series(registry, 'front_row_moderation_effect_seconds_sum'), 0.15);
    assert.equal(await series(registry, 'front_row_handler_errors_total{where="chat"}'), 1);
  });

  it('OB3 measures commands by name and result', async () => {
    metrics.command('seek', 'done', 20);
    metrics.command('seek', 'stale_revision', 10);
    assert.equal(await series(registry, 'front_row_command_duration_seconds_count{command="seek",result="done"}'), 1);
    assert.equal(await series(registry, 'front_row_command_duration_seconds_count{command="seek",result="stale_revision"}'), 1);
  });

  it('OB4 makes no series of values that are not in the lists', async () => {
    for (let n = 0; n < 500; n++) {
      metrics.refusedJoin(`code-${n}`);
      metrics.asked(`answer-${n}`);
      metrics.lineRefused(`code-${n}`);
      metrics.command(`name-${n}`, `result-${n}`, 1);
      metrics.handlerError(`where-${n}`);
      metrics.busDropped(`reason-${n}`);
    }
    assert.equal(await series(registry, 'front_row_joins_total{room="none",result="other"}'), 500);
    assert.equal(await series(registry, 'front_row_command_duration_seconds_count{command="other",result="other"}'), 500);
    assert.equal(await series(registry, 'front_row_handler_errors_total{where="other"}'), 450);
    const text = await registry.metrics();
    assert.ok(text.split('\n').length < 500, `${text.split('\n').length} lines`);
  });

  it('OB4 sums fans per event and forgets sections and events that are gone', async () => {
    metrics.fans(eventId(1), 'sec-a', 10);
    metrics.fans(eventId(1), 'sec-b', 5);
    metrics.fans(eventId(2), 'sec-c', 1);
    metrics.fans(eventId(1), 'sec-a', 11);
    assert.equal(await series(registry, `front_row_fans{event="${eventId(1)}"}`), 16);
    assert.equal(await series(registry, 'front_row_sections'), 3);
    metrics.roomGone('sec-c');
    assert.equal(await series(registry, `front_row_fans{event="${eventId(2)}"}`), undefined);
    assert.equal(await series(registry, 'front_row_sections'), 2);
  });

  it('OB5 names every series by the Prometheus rules: prefix, base unit, _total for counters', async () => {
    const own = await registry.getMetricsAsJSON();
    assert.ok(own.length >= 15);
    for (const { name, type } of own) {
      assert.match(name, /^front_row_[a-z]+(_[a-z]+)*$/);
      const kind = String(type);
      if (kind === 'counter') assert.match(name, /_total$/);
      if (kind === 'histogram') assert.match(name, /_seconds$/);
      if (kind === 'gauge') assert.doesNotMatch(name, /_(total|ms|milliseconds|percent)$/);
    }
  });

  it('OB16 reports readiness, stages by event, and how Redis does, as they are when asked', async () => {
    const stages = [eventId(1)];
    let isReady = true;
    const redis = { figures: () => ({ lost: 2, unanswered: 7 }), eventTimeErrorMs: () => 1.5 };
    measureHouse(registry, { isReady: () => isReady, stages: () => stages, redis });
    assert.equal(await series(registry, 'front_row_ready'), 1);
    assert.equal(await series(registry, `front_row_stages{event="${eventId(1)}"}`), 1);
    assert.equal(await series(registry, 'front_row_redis_losses_total'), 2);
    assert.equal(await series(registry, 'front_row_redis_unanswered_calls_total'), 7);
    assert.equal(await series(registry, 'front_row_event_time_error_seconds'), 0.0015);
    stages.pop();
    isReady = false;
    assert.equal(await series(registry, 'front_row_ready'), 0);
    assert.equal(await series(registry, `front_row_stages{event="${eventId(1)}"}`), undefined);
    assert.equal(await series(registry, 'front_row_redis_losses_total'), 2);
  });

  it('OB6 reports descriptors used and allowed, the event loop, and what waits in buffers', async () => {
    measureProcess(registry, { bufferedBytes: () => 1_234, journalWaiting: () => 5 });
    const before = await series(registry, 'process_open_fds');
    const files = Array.from({ length: 20 }, () => openSync('/dev/null', 'r'));
    const during = await series(registry, 'process_open_fds');
    for (const file of files) closeSync(file);
    assert.ok(before !== undefined && during !== undefined && during >= before + 20, `${before} then ${during}`);
    assert.ok(((await series(registry, 'process_max_fds')) ?? 0) >= during);
    assert.equal(await series(registry, 'front_row_buffered_bytes'), 1_234);
    assert.equal(await series(registry, 'front_row_journal_waiting_calls'), 5);
    const utilisation = await series(registry, 'front_row_event_loop_utilisation_ratio');
    assert.ok(utilisation !== undefined && utilisation >= 0 && utilisation <= 1, String(utilisation));
    assert.notEqual(await series(registry, 'nodejs_eventloop_lag_p99_seconds'), undefined);
  });
});
