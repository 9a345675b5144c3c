import assert from 'node:assert/strict';
import { type Client, matchMaker, Room } from '@colyseus/core';
import { type SchemaType, schema, t } from '@colyseus/schema';
import { PartyRoom } from '../../rooms/party-room.ts';
import { type Seat, startServer, type TestServer } from '../support/colyseus-server.ts';
import { quietDeps } from '../support/quiet.ts';
import { until } from '../support/until.ts';

const Lines = schema({ lines: t.array('string') }, 'TrapLines');
type Lines = SchemaType<typeof Lines>;

/** Drives a room by hand: changes its state, and lets its beat fall. */
let change: (lines: string[]) => void;
let beat: () => void;

class StockRoom extends Room<{ state: Lines }> {
  override state = new Lines();
  override patchRate = 2_147_483_647;
  override onCreate(): void {
    for (const line of ['3', '4', '5', '6', '7']) this.state.lines.push(line);
    change = (lines) => {
      for (const line of lines) {
        this.state.lines.push(line);
        this.state.lines.shift();
      }
    };
    beat = () => void this.broadcastPatch();
    beat();
  }
}

/** As our rooms do: what changed is kept aside, and written right before the patch, slot by slot. */
class OurRoom extends PartyRoom<Lines, undefined> {
  override state = new Lines();
  protected override deps = quietDeps();
  protected override kind = 'section' as const;
  override onCreate(): void {
    this.open();
    const ring = [3, 4, 5, 6, 7];
    const project = () => ring.forEach((line, slot) => void (this.state.lines[slot] = String(line)));
    project();
    const pending: number[] = [];
    change = (lines) => pending.push(...lines.map(Number));
    beat = () => {
      for (const line of pending.splice(0)) ring[(line - 3) % 5] = line;
      project();
      this.broadcastPatch();
    };
    beat();
  }
  override onJoin(client: Client): void {
    this.expectAck(client as never);
  }
  override onDispose(): void {
    this.shut();
  }
}

describe('joining between a change and its patch', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.stop());

  async function joinTwice(roomClass: new () => Room): Promise<{ present: string[]; joiner: string[] }> {
    server.define('lines', roomClass);
    const listing = await matchMaker.createRoom('lines', {});
    const seatOf = (): Promise<Seat> => matchMaker.reserveSeatFor(listing, {});
    const present = await server.client().consumeSeatReservation(await seatOf(), Lines);
    await until('the first state arrives', () => present.state.lines.length === 5);
    change(['8']);
    const joiner = await server.client().consumeSeatReservation(await seatOf(), Lines);
    await until('the joiner has its state', () => joiner.state.lines.length >= 5);
    let patches = 0;
    present.onStateChange(() => void patches++);
    let joinerPatches = 0;
    joiner.onStateChange(() => void joinerPatches++);
    beat();
    await until('both have the patch', () => patches === 1 && joinerPatches === 1);
    return { present: [...present.state.lines].toSorted(), joiner: [...joiner.state.lines].toSorted() };
  }

  it('SE1 stock push and shift corrupt the joiner', async () => {
    const { present, joiner } = await joinTwice(StockRoom);
    assert.deepEqual(present, ['4', '5', '6', '7', '8']);
    assert.notDeepEqual(joiner, present);
  });

  it('SE1 slots written right before the patch agree for everyone', async () => {
    const { present, joiner } = await joinTwice(OurRoom);
    assert.deepEqual(present, ['4', '5', '6', '7', '8']);
    assert.deepEqual(joiner, present);
  });
});
