import assert from 'node:assert/strict';
import { LocalPresence } from '@colyseus/core';
import { systemClock } from '../../core/clock.ts';
import type { DownMessage } from '../../schemas/bus-messages.ts';
import { RoomId } from '../../schemas/ids.ts';
import { partyEvent } from '../../tests/support/memory-events.ts';
import { countingMetrics, silentLog } from '../../tests/support/quiet.ts';
import { until } from '../../tests/support/until.ts';
import { presenceBus } from './presence-bus.ts';

const EVENT = partyEvent(1).id;
const OTHER = partyEvent(2).id;
const HEARTBEAT = {
  kind: 'heartbeat',
  epoch: 1,
  seq: 4,
  roomId: RoomId.parse('stage-night-1'),
  processId: 'p1',
  publicAddress: null,
} as const;

function setUp(presence = new LocalPresence()) {
  const metrics = countingMetrics();
  return { presence, metrics, bus: presenceBus(presence, 'p:', { clock: systemClock(), log: silentLog, metrics }) };
}

describe('the bus over Presence', () => {
  it('BU1 carries a message to every subscriber of that event, and to nobody else', async () => {
    const { bus } = setUp();
    const heard: DownMessage[] = [];
    const elsewhere: DownMessage[] = [];
    await bus.onDown(EVENT, (message) => heard.push(message));
    await bus.onDown(EVENT, (message) => heard.push(message));
    await bus.onDown(OTHER, (message) => elsewhere.push(message));
    await bus.publishDown(EVENT, HEARTBEAT);
    assert.deepEqual(heard, [HEARTBEAT, HEARTBEAT]);
    assert.deepEqual(elsewhere, []);
  });

  it('BU1 keeps installations with different prefixes apart', async () => {
    const { presence, bus, metrics } = setUp();
    const heard: DownMessage[] = [];
    await bus.onDown(EVENT, (message) => heard.push(message));
    await presenceBus(presence, 'q:', { clock: systemClock(), log: silentLog, metrics }).publishDown(EVENT, HEARTBEAT);
    assert.deepEqual(heard, []);
  });

  it('BU1 says nothing after unsubscribing', async () => {
    const { bus } = setUp();
    const heard: DownMessage[] = [];
    const stop = await bus.onDown(EVENT, (message) => heard.push(message));
    await stop();
    await bus.publishDown(EVENT, HEARTBEAT);
    assert.deepEqual(heard, []);
  });

  it('BU2 drops and counts what does not parse, whatever it is', async () => {
    const { bus, presence, metrics } = setUp();
    const heard: DownMessage[] = [];
    await bus.onDown(EVENT, (message) => heard.push(message));
    const rubbish = [
      '',
      'not json',
      'null',
      '{}',
      '{"kind":"heartbeat"}',
      '{"kind":"heartbeat","epoch":1,"seq":-1}',
      { ...HEARTBEAT },
      7,
    ];
    for (const text of rubbish) presence.publish(`p:down:${EVENT}`, text);
    assert.deepEqual(heard, []);
    assert.equal(
      metrics.calls.filter(([name, reason]) => name === 'busDropped' && reason === 'unreadable').length,
      rubbish.length,
    );
  });

  it('BU2 a message beyond the bound is never sent', async () => {
    const { bus, metrics } = setUp();
    const heard: DownMessage[] = [];
    await bus.onDown(EVENT, (message) => heard.push(message));
    await bus.publishDown(EVENT, { kind: 'find-fans', requestId: 'r', name: 'x'.repeat(1_000_001) });
    assert.deepEqual(heard, []);
    assert.ok(metrics.calls.some(([name, reason]) => name === 'busDropped' && reason === 'too_long'));
  });

  it('BU3 a handler that throws harms neither the publisher nor the other handlers', async () => {
    const { bus, metrics } = setUp();
    const heard: DownMessage[] = [];
    await bus.onDown(EVENT, () => {
      throw new Error('a bug');
    });
    await bus.onDown(EVENT, (message) => heard.push(message));
    await bus.publishDown(EVENT, HEARTBEAT);
    assert.deepEqual(heard, [HEARTBEAT]);
    assert.ok(metrics.calls.some(([name]) => name === 'handlerError'));
  });

  it('BU3 a publish that fails or never ends resolves all the same, and is counted as lost', async () => {
    const { bus, presence, metrics } = setUp();
    presence.publish = () => {
      throw new Error('gone');
    };
    await bus.publishDown(EVENT, HEARTBEAT);
    presence.publish = (() => new Promise(() => {})) as never;
    await bus.publishDown(EVENT, HEARTBEAT);
    await until('both are counted', () => metrics.calls.length === 2);
    assert.deepEqual(metrics.calls, [
      ['busDropped', 'publish_failed'],
      ['busDropped', 'deadline'],
    ]);
  });
});
