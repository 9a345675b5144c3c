import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { PartyError } from '../../core/errors.ts';
import type { EventId, StaffId } from '../../schemas/ids.ts';
import { countingMetrics, silentLog } from '../../tests/support/quiet.ts';
import { until } from '../../tests/support/until.ts';
import { sealStaff } from '../auth/identity.ts';
import { createSealer } from '../auth/seal.ts';
import { createOrigins } from './origins.ts';
import { type TicketDeskDeps, ticketDesk } from './ticket-desk.ts';

/** An ask as a page sends it, for an event that this desk has never heard of. */
function ask(headers = ''): string {
  return `POST /api/events/nowhere/tickets HTTP/1.1\r\nhost: party.example\r\n${headers}content-length: 2\r\n\r\n{}`;
}

describe('the ticket desk', () => {
  const sealer = createSealer(['a secret']);
  const turns: (() => void)[] = [];
  const said: string[] = [];
  const sockets: Socket[] = [];
  let isFlood = false;
  let asked = 0;
  let closed = 0;
  let server: Server;

  const newDesk = () =>
    ticketDesk(
      {
        directory: { find: async () => undefined },
        sealer,
        origins: createOrigins('https://party.example'),
        limits: {
          request: async () => {
            if (isFlood) throw new PartyError('rate_limited', 'too many of you', 60_000);
          },
          ticketByNetwork: async () => {},
        },
        trusts: () => false,
        addressKey: 'key',
        publicUrl: undefined,
        headers: {},
        random: () => 0.5,
        nextTurn: (task: () => void) => void turns.push(task),
        log: silentLog,
        metrics: { ...countingMetrics(), asked: (answer: string) => void said.push(answer) },
      } as unknown as TicketDeskDeps,
      () => assert.fail('nobody else is asked'),
    );

  /** A connection that sends `bytes`, and what it is answered. */
  function send(bytes: string): { readonly socket: Socket; readonly heard: () => string } {
    let heard = '';
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => (heard += String(chunk)));
    sockets.push(socket);
    return { socket, heard: () => heard };
  }

  beforeEach(async () => {
    turns.length = 0;
    said.length = 0;
    isFlood = false;
    [asked, closed] = [0, 0];
    const desk = newDesk();
    server = createServer((req, res) => {
      asked += 1;
      res.once('close', () => (closed += 1));
      desk(req, res);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
  });

  it('AD13 answers four asks in a turn, and sends the first away when a thousand others wait', async () => {
    const { heard } = send(ask('origin: https://party.example\r\n').repeat(1_002));
    await until('two are sent away', () => said.length === 2 && heard().split('HTTP/1.1').length === 3);
    assert.deepEqual(said, ['rate_limited', 'rate_limited']);
    assert.match(heard(), /^HTTP\/1\.1 429 /);
    assert.match(heard(), /"retryInMs":15000\}/);
    assert.match(heard(), /Retry-After: 15\r\n/);
    turns.shift()?.();
    await until('four are answered', () => said.length === 6);
    assert.deepEqual(
      said.slice(2),
      Array.from({ length: 4 }, () => 'unknown_event'),
    );
    assert.equal(turns.length, 1);
  });

  it('AD13 does nothing for who is gone', async () => {
    const { socket } = send(ask());
    const { heard } = send(ask());
    await until('both have asked', () => asked === 2 && turns.length === 1);
    socket.destroy();
    await until('the server knows', () => closed === 1);
    turns.shift()?.();
    await until('the other is answered', () => heard().includes('unknown_event'));
    assert.deepEqual([said, turns.length], [['unknown_event'], 0]);
  });

  it('AD13 lets staff pass by, and refuses a flood before it takes a place', async () => {
    const token = sealStaff(sealer, { id: 'stf_host' as StaffId, eventId: 'evt_1' as EventId, name: 'Ada', untilMs: Infinity });
    const staff = send(ask(`authorization: Bearer ${token}\r\n`));
    await until('staff are answered', () => staff.heard().includes('unknown_event'));
    isFlood = true;
    const flood = send(ask());
    await until('the flood is refused', () => flood.heard().includes('too many of you'));
    assert.equal(turns.length, 0);
  });
});
