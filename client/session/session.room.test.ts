import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { startTestParty, type TestParty } from '../../tests/support/test-party.ts';
import { until } from '../../tests/support/until.ts';
import { memoryStorage } from './memory-storage.ts';
import { NO_PAGE } from './page.ts';
import { createPartySession } from './party-session.ts';
import { createStaffSession } from './staff-session.ts';
import type { StaffSession } from './staff-types.ts';
import type { PartySession, SessionPhase } from './types.ts';

/** The network between a page and its party: can be cut, and can fall silent. */
interface Cable {
  readonly origin: string;
  /** Connections are torn, new ones work. */
  cut(): void;
  /** Existing connections carry nothing any more, and nobody says so. */
  silence(): void;
  /** Existing connections bring the page nothing any more; what it says still arrives. */
  deafen(): void;
  close(): Promise<void>;
}

async function cable(toPort: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  const fromParty = new Set<Socket>();
  const server: Server = createServer((page) => {
    const party = connect(toPort, '127.0.0.1');
    fromParty.add(party);
    for (const [from, to] of [
      [page, party],
      [party, page],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        fromParty.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = (from: ReadonlySet<Socket>) => {
    for (const socket of from) {
      socket.unpipe();
      socket.resume();
    }
  };
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    silence: () => stop(sockets),
    deafen: () => stop(fromParty),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('sessions at a real party', () => {
  let party: TestParty;
  let wire: Cable;
  const open: (PartySession | StaffSession)[] = [];
  let wake = () => {};
  let tickets = 0;

  before(async () => {
    party = await startTestParty();
    wire = await cable(party.port);
  });
  afterEach(() => {
    for (const session of open.splice(0)) session.leave();
    tickets = 0;
  });
  after(async () => {
    await wire.close();
    await party.close();
  });

  const deps = (storage = memoryStorage()) => ({
    slug: 'demo',
    origin: wire.origin,
    clock: systemClock(),
    random: Math.random,
    storage,
    fetch: ((url: string, init?: RequestInit) => {
      if (init?.method === 'POST') tickets++;
      return fetch(url, init);
    }) as typeof fetch,
    page: {
      ...NO_PAGE,
      onWake: (task: () => void) => {
        wake = task;
        return () => {};
      },
    },
  });

  async function fan(name: string): Promise<PartySession> {
    const session = createPartySession(deps());
    open.push(session);
    await session.load();
    await session.enter(name);
    assert.equal(session.phase.value.kind, 'live');
    return session;
  }

  async function host(storage = memoryStorage(), invite?: string | null): Promise<StaffSession> {
    const session = createStaffSession(deps(storage));
    open.push(session);
    await session.load();
    await session.enter(invite === undefined ? await party.invite() : invite);
    assert.equal(session.phase.value.kind, 'live');
    return session;
  }

  const record = (session: PartySession) => {
    const kinds: SessionPhase['kind'][] = [];
    session.phase.subscribe(({ kind }) => {
      if (kinds.at(-1) !== kind) kinds.push(kind);
    });
    return kinds;
  };

  it('PS9 PS11 brings a line to its author and to a neighbour, once each', async () => {
    const [ada, bob] = [await fan('Ada'), await fan('Bob')];
    await ada.say('hello there');
    await until('the neighbour sees the line', () => bob.lines.value.some(({ text }) => text === 'hello there'));
    const own = ada.lines.value.filter(({ text }) => text === 'hello there');
    assert.equal(own.length, 1);
    assert.equal(own[0]?.mine?.kind, 'accepted');
    assert.equal(bob.lines.value.find(({ text }) => text === 'hello there')?.mine, null);
    await bob.report(own[0]?.id ?? '', 'rude');
    assert.ok(ada.clock.samples >= 1 && ada.clock.roundTripMs !== null);
  });

  it('PS11 shows a refused line with the refusal and sends it again on demand', async () => {
    const ada = await fan('Ada Two');
    await ada.say('once');
    await assert.rejects(ada.say('once'), (error) => error instanceof PartyError && error.code === 'repeated');
    const refused = ada.lines.value.find(({ mine }) => mine?.kind === 'refused');
    assert.ok(refused);
    await assert.rejects(ada.retry(refused.id), PartyError);
    ada.dismiss(refused.id);
    assert.equal(
      ada.lines.value.some(({ mine }) => mine?.kind === 'refused'),
      false,
    );
  });

  it('PS13 carries reactions to everybody', async () => {
    const [ada, bob] = [await fan('Ada Three'), await fan('Bob Three')];
    const emoji = ada.event.value?.emojis[0] ?? '';
    ada.react(emoji);
    ada.react(emoji);
    await until('the neighbour sees both', () => (bob.view.value?.reactions[emoji] ?? 0) >= 2);
  });

  it('PS4 comes back to the same seat when the network drops, without a new ticket', async () => {
    const ada = await fan('Ada Four');
    const kinds = record(ada);
    wire.cut();
    await until('the session is live again', () => kinds.length >= 3);
    assert.deepEqual(kinds, ['live', 'reconnecting', 'live']);
    assert.equal(tickets, 1);
    await ada.say('still here');
  });

  it('PS4 finds its seat held when the page itself gave the link up (4010)', async () => {
    const ada = await fan('Ada Nine');
    const kinds = record(ada);
    wire.deafen();
    wake();
    await until('the session is live again', () => kinds.length >= 3 && kinds.at(-1) === 'live', 15_000);
    assert.deepEqual(kinds, ['live', 'reconnecting', 'live']);
    assert.equal(tickets, 1);
  });

  it('PS6 notices a link that fell silent when the page wakes, and comes back', async () => {
    const ada = await fan('Ada Five');
    const kinds = record(ada);
    wire.silence();
    wake();
    await until('the session is live again', () => kinds.length >= 3 && kinds.at(-1) === 'live', 15_000);
    assert.equal(kinds[1], 'reconnecting');
    await ada.say('back from the silence');
  });

  it('PS3 is closed for a kicked fan, with the moment of return, and stays away', async () => {
    const [ada, boss] = [await fan('Ada Six'), await host()];
    await boss.command('kick', { fanId: ada.fan.value?.id as never, reason: 'noise' });
    await until('the fan is out', () => ada.phase.value.kind === 'closed');
    const phase = ada.phase.value as SessionPhase & { kind: 'closed' };
    assert.equal(phase.why, 'kicked');
    assert.ok(phase.untilMs !== null && phase.untilMs > ada.clock.nowMs());
  });

  it('PS14 exchanges an invitation once and keeps the identity in the browser', async () => {
    const storage = memoryStorage();
    const invite = await party.invite();
    (await host(storage, invite)).leave();
    (await host(storage, null)).leave();
    (await host(storage, invite)).leave();
    const stranger = createStaffSession(deps());
    await assert.rejects(stranger.enter(invite), (error) => error instanceof PartyError && error.code === 'bad_invite');
    await assert.rejects(stranger.enter(null), (error) => error instanceof PartyError && error.code === 'bad_invite');
  });

  it('PS14 runs a command over a link that is cut under it, once', async () => {
    const boss = await host();
    const said = boss.command('say', { text: 'good evening' });
    wire.cut();
    await said;
    await until('staff see the line', () => boss.lines.value.some(({ text }) => text === 'good evening'));
    const { lines } = await boss.command('history', { limit: 20 });
    assert.equal(lines.filter(({ text }) => text === 'good evening').length, 1);
    await assert.rejects(
      boss.command('play-track', { trackId: 'trk_zzzzzzzzzzzz' as never }),
      (error) => error instanceof PartyError && error.code === 'unknown_track',
    );
    assert.equal(boss.view.value?.crowd.sections, 1);
  });

  it('PS14 gives up a stage whose link fell silent, and the page lives on', async () => {
    const boss = await host();
    // The next ping is half a minute away then: the command is the first to notice.
    let [samples, sinceMs] = [0, performance.now()];
    await until('the pings after the join are over', () => {
      if (boss.clock.samples !== samples) [samples, sinceMs] = [boss.clock.samples, performance.now()];
      return samples > 0 && performance.now() - sinceMs > 1_000;
    });
    wire.silence();
    // The first try waits for its answer, the next one for a seat; new connections work.
    const said = boss.command('say', { text: 'is anybody there' });
    await until('it looks for the stage', () => boss.phase.value.kind === 'reconnecting', 10_000);
    await said.catch((error: unknown) => assert.equal((error as PartyError).code, 'stage_unavailable'));
    await until('it is back', () => boss.phase.value.kind === 'live', 10_000);
    await boss.command('say', { text: 'there you are' });
  });
});
