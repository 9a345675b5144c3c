/** A whole process on a free port, with its own data directory, and what a stranger needs to come in. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type Room } from '@colyseus/sdk';
import { WebSocket } from 'ws';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { CommandName } from '../../schemas/commands.ts';
import type { TicketGranted } from '../../schemas/http.ts';
import { Track } from '../../schemas/playback.ts';
import { SectionState } from '../../schemas/section-state.ts';
import { StageState } from '../../schemas/stage-state.ts';
import { type Party, startParty } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { randomId } from '../../server/random-id.ts';
import { silentLog } from './quiet.ts';

const PAGE =
  '<!doctype html><html><head><title>x</title></head><body><script type="module" src="/assets/fan-abc.js"></script></body></html>';
export const SCRIPT = `console.log(${JSON.stringify('front row '.repeat(100))});`;

const TRACKS = [1, 2].map((n) =>
  Track.parse({
    id: `trk_${String(n).padStart(12, '0')}`,
    title: `Track ${n}`,
    source: { kind: 'file', url: `https://media.example/${n}.mp3` },
    durationMs: 180_000,
  }),
);

export interface TestParty extends Omit<Party, 'close'> {
  /** `keep`: the data directory stays, for another start. */
  close(options?: { readonly keep: boolean }): Promise<void>;
  readonly base: string;
  readonly dataDir: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Asks the doors; `json` is whatever they answered. */
  askDoors(body: unknown, headers?: Record<string, string>, slug?: string): Promise<DoorsReply>;
  /** A granted ticket, or the test fails. */
  ticket(body: unknown, headers?: Record<string, string>): Promise<TicketGranted>;
  /** Sits down as a page does. */
  sit(granted: TicketGranted): Promise<Room>;
  /** A member of staff with a seat on the stage. */
  host(): Promise<{
    readonly granted: TicketGranted;
    readonly room: Room;
    command(name: CommandName, payload: object): Promise<unknown>;
    leave(): Promise<unknown>;
  }>;
  /** The invitation of a fresh host URL. */
  invite(): Promise<string>;
}

export interface DoorsReply {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at whatever came back
  readonly json: any;
}

export async function startTestParty(
  env: Record<string, string> = {},
  keepDataDir?: string,
  clock: Clock = systemClock(),
): Promise<TestParty> {
  const dataDir = keepDataDir ?? (await mkdtemp(join(tmpdir(), 'front-row-party-')));
  const clientDir = join(dataDir, 'client');
  await mkdir(join(clientDir, 'assets'), { recursive: true });
  await Promise.all(['index.html', 'host.html'].map((name) => writeFile(join(clientDir, name), PAGE)));
  await writeFile(join(clientDir, 'assets', 'fan-abc.js'), SCRIPT);
  const config = readConfig({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: join(dataDir, 'data'), ...env }, []);
  if (config === 'help') throw new Error('unreachable');
  const party = await startParty(config, {
    clock,
    random: Math.random,
    newId: randomId,
    log: silentLog,
    show: { booked: { title: 'Night', artist: 'Ada', setlist: TRACKS }, files: [], skipped: [] },
    clientDir,
  });
  const base = `http://127.0.0.1:${party.port}`;
  const rooms = new Set<Room>();

  const askDoors: TestParty['askDoors'] = async (body, headers = {}, slug = 'demo') => {
    const reply = await fetch(`${base}/api/events/${slug}/tickets`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: reply.status, headers: reply.headers, json: await reply.json() };
  };
  const ticket: TestParty['ticket'] = async (body, headers) => {
    const reply = await askDoors(body, headers);
    if (reply.status !== 201) throw new Error(`the doors answered ${reply.status}: ${JSON.stringify(reply.json)}`);
    return reply.json;
  };
  const sit: TestParty['sit'] = async (granted) => {
    const client = new Client(base);
    client.auth.token = granted.ticket;
    const stateClass = granted.seat.name === 'stage' ? StageState : SectionState;
    const room = await client.consumeSeatReservation(granted.seat as never, stateClass);
    room.reconnection.enabled = false;
    rooms.add(room);
    return room;
  };
  const invite = async () => (await party.hostUrl()).split('#invite=')[1] ?? '';

  return {
    ...party,
    base,
    dataDir,
    fetch: (path, init) => fetch(base + path, init),
    askDoors,
    ticket,
    sit,
    invite,
    async host() {
      const granted = await ticket({ invite: await invite() });
      const room = await sit(granted);
      return { granted, room, command: (name, payload) => room.request(name, payload), leave: () => room.leave() };
    },
    async close({ keep } = { keep: false }) {
      for (const room of rooms) room.connection.close();
      await party.close();
      if (!keep) await rm(dataDir, { recursive: true });
    },
  };
}

export interface Knock {
  /** Numeric code and message of the error frame, if one came. */
  readonly error: { readonly code: number; readonly refusal: { readonly code: string; readonly message: string } } | undefined;
  readonly closeCode: number;
  readonly closeReason: string;
  /** HTTP status when the upgrade itself was refused. */
  readonly refusedUpgrade: number | undefined;
}

/** Opens a bare socket to a seat and reports how it ended; for connections that are expected to be refused. */
export function knock(
  base: string,
  seat: { readonly processId: string; readonly roomId: string; readonly sessionId: string },
  query: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Knock> {
  const search = new URLSearchParams({ sessionId: seat.sessionId, ...query });
  const socket = new WebSocket(`${base.replace('http', 'ws')}/${seat.processId}/${seat.roomId}?${search}`, { headers });
  let error: Knock['error'];
  let refusedUpgrade: number | undefined;
  return new Promise((resolve, reject) => {
    socket.on('message', (data: Buffer) => {
      if (data[0] === JOIN_ROOM) {
        socket.terminate();
        reject(new Error('the connection was welcomed'));
      }
      if (data[0] === ERROR) error = readError(data);
    });
    socket.on('unexpected-response', (_request, response) => {
      refusedUpgrade = response.statusCode;
      socket.terminate();
    });
    // A refused upgrade is an error too; the close that follows reports it.
    socket.on('error', () => {});
    socket.on('close', (closeCode, reason) => resolve({ error, closeCode, closeReason: reason.toString(), refusedUpgrade }));
  });
}

const JOIN_ROOM = 10;
const ERROR = 11;

/** `[ERROR][uint16 code][short string]`, as Colyseus encodes numbers and strings. */
function readError(data: Buffer): Knock['error'] {
  if (data[1] !== 0xcd) throw new Error(`unexpected number encoding ${data[1]}`);
  const text = data.subarray(4).toString();
  const refusal = JSON.parse(text.slice(text.indexOf('{')));
  return { code: data.readUInt16LE(2), refusal };
}
