import assert from 'node:assert/strict';
import { type Client, matchMaker, Room } from '@colyseus/core';
import { Decoder, type SchemaType, schema, t } from '@colyseus/schema';
import { PartyRoom } from '../../rooms/party-room.ts';
import { startServer, type TestServer } from '../support/colyseus-server.ts';
import { quietDeps } from '../support/quiet.ts';
import { type RawClient, ROOM_STATE_PATCH, rawJoin } from '../support/raw-client.ts';
import { until } from '../support/until.ts';

const Page = schema({ n: t.uint32().default(0), text: t.string().default('') }, 'TrapPage');
type Page = SchemaType<typeof Page>;

const PATCHES = 400;
/** Large enough that a reader who stops fills the kernel's buffers within the test's patches. */
const TEXT = 'x'.repeat(15_000);

let write: (n: number) => void;

function writer(room: Room<{ state: Page }>): (n: number) => void {
  return (n) => {
    room.state.n = n;
    room.state.text = `${n} ${TEXT}`;
    room.broadcastPatch();
  };
}

class StockRoom extends Room<{ state: Page }> {
  override state = new Page();
  override patchRate = 2_147_483_647;
  override onCreate(): void {
    write = writer(this);
  }
}

class OurRoom extends PartyRoom<Page, undefined> {
  override state = new Page();
  protected override deps = quietDeps();
  protected override kind = 'section' as const;
  override onCreate(): void {
    this.open();
    write = writer(this);
  }
  override onJoin(client: Client<{ userData: undefined }>): void {
    this.expectAck(client);
  }
  override onDispose(): void {
    this.shut();
  }
}

describe('a patch that waits for a slow reader', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.stop());

  /** Numbers of the patches as a reader decodes them who stopped reading while they were sent. */
  async function readSlowly(roomClass: new () => Room): Promise<number[]> {
    server.define('page', roomClass);
    const listing = await matchMaker.createRoom('page', {});
    const reader = await rawJoin(server.origin, await matchMaker.reserveSeatFor(listing, {}));
    reader.acknowledge();
    await until('the state arrived', () => reader.frames.length >= 2);
    reader.pause();
    for (let n = 1; n <= PATCHES; n++) write(n);
    reader.resume();
    await until('every patch arrived', () => patchesOf(reader).length === PATCHES);
    reader.socket.terminate();
    return patchesOf(reader).map(numberIn);
  }

  const expected = Array.from({ length: PATCHES }, (_, index) => index + 1);

  it('SE4 stock patches are overwritten by later ones while they wait', async () => {
    const numbers = await readSlowly(StockRoom);
    assert.notDeepEqual(numbers, expected);
  });

  it('SE4 a patch that is copied once arrives as it was sent', async () => {
    const numbers = await readSlowly(OurRoom);
    assert.deepEqual(numbers, expected);
  });
});

function patchesOf({ frames }: RawClient): Uint8Array[] {
  return frames.filter(([code]) => code === ROOM_STATE_PATCH);
}

function numberIn(frame: Uint8Array): number {
  const state = new Page();
  try {
    new Decoder(state).decode(frame.subarray(1));
  } catch {
    return -1;
  }
  return state.n;
}
