/** A patch on its way to many, some per turn: everybody gets each patch once, in order, whoever comes and goes meanwhile. */
import assert from 'node:assert/strict';
import { type Client, matchMaker } from '@colyseus/core';
import { type SchemaType, schema, t } from '@colyseus/schema';
import { systemClock } from '../../core/clock.ts';
import { PartyRoom, type Sent } from '../../rooms/party-room.ts';
import { type Seat, startServer, type TestServer } from '../support/colyseus-server.ts';
import { quietDeps } from '../support/quiet.ts';
import { ROOM_STATE_PATCH, rawJoin } from '../support/raw-client.ts';
import { until } from '../support/until.ts';

const Count = schema({ n: t.uint32().default(0) }, 'FanOutCount');
type Count = SchemaType<typeof Count>;
const FIRST_TURN = 125;

describe('a patch for many', function () {
  this.timeout(60_000);
  let server: TestServer;
  /** Turns of the event loop that are still to come: they come when the test says so. */
  const turns: (() => void)[] = [];
  const sent: Sent[] = [];
  let beat: (n: number) => void;
  let isBusy: () => boolean;
  const clock = systemClock();
  const laterOn = (delayMs: number, task: () => void) => {
    if (delayMs > 0) return clock.after(delayMs, task);
    turns.push(task);
    return () => undefined;
  };

  class CountRoom extends PartyRoom<Count, undefined> {
    override state = new Count();
    protected override deps = { ...quietDeps(), clock: { ...clock, after: laterOn } };
    protected override kind = 'section' as const;
    override onCreate(): void {
      this.open();
      isBusy = () => this.isHandingOut;
      beat = (n) => {
        this.state.n = n;
        this.flush((one) => void sent.push(one));
      };
    }
    override onJoin(client: Client): void {
      this.expectAck(client as never);
    }
    override onDispose(): void {
      this.shut();
    }
  }

  before(async () => {
    server = await startServer();
    server.define('count', CountRoom);
  });
  after(() => server.stop());

  it('SE47 reaches everybody once and in order, in turns, and whoever joins or leaves on the way not at all', async () => {
    const listing = await matchMaker.createRoom('count', {});
    const seat = (): Promise<Seat> => matchMaker.reserveSeatFor(listing, {});
    const sdk = async () => {
      const room = await server.client().consumeSeatReservation<Count>(await seat(), Count);
      const seen: number[] = [];
      room.onStateChange(({ n }) => void seen.push(n));
      await until('the state is there', () => seen.length === 1);
      return { room, seen };
    };
    const early = await Promise.all(
      Array.from({ length: FIRST_TURN }, async () => {
        const client = await rawJoin(server.origin, await seat());
        client.acknowledge();
        return client;
      }),
    );
    const patches = () => early.map(({ frames }) => frames.filter(([code]) => code === ROOM_STATE_PATCH).length);
    await until('all are in', () => early.every(({ frames }) => frames.length === 2));
    const [last, leaver] = [await sdk(), await sdk()];

    beat(1);
    await until('the first turn reached the first ones', () => patches().every((count) => count === 1));
    assert.deepEqual([turns.length, last.seen, sent], [1, [0], []]);
    assert.ok(isBusy(), 'whoever has more to say waits');
    const joiner = await sdk();
    assert.deepEqual(joiner.seen, [1]);
    await leaver.room.leave();
    beat(2);
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();

    await until('the second patch reached everybody', () => patches().every((count) => count === 2) && joiner.seen.length > 1);
    assert.deepEqual([last.seen, joiner.seen, leaver.seen], [[0, 1, 2], [1, 2], [0]]);
    assert.deepEqual(
      sent.map(({ frames }) => frames),
      [FIRST_TURN + 2, FIRST_TURN + 2],
    );
    assert.ok(!isBusy());
    for (const { socket } of early) socket.terminate();
  });
});
