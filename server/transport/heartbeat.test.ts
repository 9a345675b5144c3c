import assert from 'node:assert/strict';
import type { Clock } from '../../core/clock.ts';
import { HEARTBEAT_PERIOD_MS, type Pulse, startHeartbeat } from './heartbeat.ts';

/** A clock whose one repeated task runs when the test says so. */
function steppedClock() {
  let step = () => {};
  let stopped = false;
  let periodMs = 0;
  const clock: Pick<Clock, 'every'> = {
    every(period, task) {
      periodMs = period;
      step = task;
      return () => void (stopped = true);
    },
  };
  return {
    clock: clock as Clock,
    isStopped: () => stopped,
    /** Runs a whole period and returns how many pings each step sent. */
    period(pings: () => number): number[] {
      return Array.from({ length: HEARTBEAT_PERIOD_MS / periodMs }, () => {
        const before = pings();
        step();
        return pings() - before;
      });
    },
  };
}

class FakeSocket implements Pulse {
  turn = 0;
  unheardTurns = 1;
  wasTold = false;
  unanswered = 0;
  pings = 0;
  terminated = false;
  ping() {
    this.pings += 1;
  }
  terminate() {
    this.terminated = true;
  }
}

describe('heartbeat', () => {
  it('TK14 pings every socket once a period, and never many at once', () => {
    const { clock, period } = steppedClock();
    const heartbeat = startHeartbeat(clock);
    const sockets = Array.from({ length: 1_000 }, () => new FakeSocket());
    for (const socket of sockets) {
      heartbeat.watch(socket);
    }
    const perStep = period(() => sockets.reduce((sum, socket) => sum + socket.pings, 0));
    assert.ok(sockets.every(({ pings }) => pings === 1));
    assert.equal(Math.max(...perStep), 4);
  });

  it('TK14 ends a socket that leaves two pings unanswered, and no other', () => {
    const { clock, period } = steppedClock();
    const heartbeat = startHeartbeat(clock);
    const [dead, alive] = [new FakeSocket(), new FakeSocket()];
    heartbeat.watch(dead);
    heartbeat.watch(alive);
    const none = () => 0;
    for (let round = 0; round < 2; round += 1) {
      period(none);
      alive.unanswered = 0;
    }
    assert.equal(dead.terminated, false);
    period(none);
    assert.equal(dead.terminated, true);
    assert.equal(alive.terminated, false);
    assert.equal(dead.pings, 2);
  });

  it('TK14 spares a ping to whoever was heard since the last turn', () => {
    const { clock, period } = steppedClock();
    const heartbeat = startHeartbeat(clock);
    const [silent, talking] = [new FakeSocket(), new FakeSocket()];
    heartbeat.watch(silent);
    heartbeat.watch(talking);
    for (let round = 0; round < 2; round += 1) {
      silent.unanswered = 0;
      talking.unheardTurns = 0;
      period(() => 0);
    }
    assert.deepEqual([silent.pings, talking.pings], [2, 0]);
    period(() => 0);
    assert.equal(talking.pings, 1);
  });

  it('TK14 lets whoever is written to be silent for thirteen turns, then pings, and ends it all the same', () => {
    const { clock, period } = steppedClock();
    const heartbeat = startHeartbeat(clock);
    const [told, resting] = [new FakeSocket(), new FakeSocket()];
    heartbeat.watch(told);
    heartbeat.watch(resting);
    const pings = Array.from({ length: 15 }, (_, round) => {
      told.wasTold = resting.wasTold = true;
      // A page whose clock rests speaks every five minutes.
      if (round % 12 === 0) resting.unheardTurns = 0;
      period(() => 0);
      return told.pings;
    });
    assert.deepEqual(pings.slice(-4), [0, 1, 2, 2]);
    assert.ok(pings.slice(0, -4).every((count) => count === 0));
    assert.deepEqual([told.terminated, resting.terminated, resting.pings], [true, false, 0]);
  });

  it('TK14 pings whoever is no longer written to at their next turn', () => {
    const { clock, period } = steppedClock();
    const heartbeat = startHeartbeat(clock);
    const socket = new FakeSocket();
    heartbeat.watch(socket);
    socket.wasTold = true;
    period(() => 0);
    assert.equal(socket.pings, 0);
    period(() => 0);
    assert.equal(socket.pings, 1);
  });

  it('TK14 forgets a socket that has closed, and stops with its owner', () => {
    const { clock, period, isStopped } = steppedClock();
    const heartbeat = startHeartbeat(clock);
    const socket = new FakeSocket();
    heartbeat.watch(socket);
    heartbeat.forget(socket);
    period(() => 0);
    assert.equal(socket.pings, 0);
    heartbeat.stop();
    assert.equal(isStopped(), true);
  });
});
