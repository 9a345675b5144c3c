/** One event over several real processes, and what it survives. */
import assert from 'node:assert/strict';
import type { PartyProcess } from '../support/open-party.ts';
import { type PartyCluster, startPartyCluster } from '../support/party-cluster.ts';
import { askForTicket, enter as enterAt, playing, refusalOf, type Stranger, takeSeat } from '../support/stranger.ts';
import { until } from '../support/until.ts';

const LATEST = Number.POSITIVE_INFINITY;

describe('one event over many processes', function () {
  this.timeout(120_000);
  let cluster: PartyCluster;
  let staffToken: string;
  before(async () => {
    // Sections so small that a handful of fans fills several, on both processes.
    cluster = await startPartyCluster(2, { SECTION_SEATS: '4' });
    const [{ origin, slug, invite }] = cluster.processes as [PartyProcess];
    const { body } = await askForTicket(origin, slug, { invite });
    staffToken = body.fan.token;
  });
  /** What a test killed is replaced; what it changed of the event stays. */
  beforeEach(() => cluster.fill(2));
  afterEach(() => Promise.allSettled(guests.splice(0).map((guest) => inTime(guest.leave()))));
  after(() => cluster[Symbol.asyncDispose]());
  const guests: Stranger[] = [];

  const hostAt = ({ origin, slug }: PartyProcess) => again(() => enter(origin, slug, {}, staffToken));

  async function enter(...[origin, slug, body, token]: Parameters<typeof enterAt>): Promise<Stranger> {
    const guest = await enterAt(origin, slug, body, token);
    guests.push(guest);
    return guest;
  }

  const texts = ({ room }: Stranger) => [...room.state.lines].filter(({ seq }) => seq > 0).map(({ text }) => text);
  const idOf = async (process: PartyProcess) => (await cluster.status(process)).processId;

  /** A fan with a seat on this process, by a ticket from that door. */
  async function fanOn(process: PartyProcess, door: PartyProcess, name: string): Promise<Stranger> {
    const processId = await idOf(process);
    return again(async () => {
      // A ticket for the other process stays unused, so that the next one is for another section.
      const { status, body } = await askForTicket(door.origin, door.slug, { name });
      assert.equal(status, 201, body.code);
      assert.equal((body.seat as { processId: string }).processId, processId);
      const fan = await takeSeat(door.origin, body);
      guests.push(fan);
      return fan;
    });
  }

  it('BU20 fans and staff come in by either door, chat and commands cross, and everyone is counted', async () => {
    const [a, b] = cluster.processes as [PartyProcess, PartyProcess];
    const [ann, bob] = [await fanOn(a, b, 'Ann'), await fanOn(b, a, 'Bob')];
    const hosts = [await hostAt(a), await hostAt(b)];
    await ann.ask('chat', { key: 'k1', text: 'from Ann' });
    await bob.ask('chat', { key: 'k1', text: 'from Bob' });
    await until('both read both', () => [ann, bob].every((fan) => ['from Ann', 'from Bob'].every((t) => texts(fan).includes(t))));
    for (const [n, host] of hosts.entries()) {
      const { revision } = await host.ask<{ revision: number }>('seek', { toMs: 10_000 * (n + 1) });
      await until('both play it', () => [ann, bob].every(({ room }) => playing(room.state, LATEST).revision === revision));
    }
    await until('both are counted', () => [ann, bob].every(({ room }) => room.state.audience.event === 2));
    const found = await hosts[1]?.ask<{ fans: { id: string }[] }>('find-fan', { name: 'n' });
    assert.ok(found?.fans.some(({ id }) => id === ann.fan.id));
    await hosts[0]?.ask('ban', { fanId: bob.fan.id, forMs: null, scope: 'event', reason: 'test' });
    assert.equal(await bob.closed, 4200);
    for (const { origin, slug } of [a, b]) {
      assert.equal((await askForTicket(origin, slug, { name: 'Bob' }, bob.fan.token)).body.code, 'banned');
    }
    // New faces of the same network would be turned away too, in the tests that follow.
    await hosts[1]?.ask('unban', { fanId: bob.fan.id });
  });

  it('BU21 kill -9 of the stage’s process: commands are answered again within 3 s, under a higher epoch, and nothing is undone', async () => {
    const staged = await cluster.staged();
    const other = cluster.processes.find((process) => process !== staged);
    assert.ok(staged && other);
    const fan = await fanOn(other, other, 'Ann');
    const host = await hostAt(other);
    const { revision } = await host.ask<{ revision: number }>('seek', { toMs: 30_000 });
    await host.ask('announce', { text: 'stay with us' });
    await until('the fan has both', () => {
      return playing(fan.room.state, LATEST).revision === revision && fan.room.state.policy.announcement === 'stay with us';
    });
    const before = { ...playing(fan.room.state, LATEST) };
    const { epoch } = host.room.state as unknown as { epoch: number };
    const atMs = performance.now();
    await staged.stop('SIGKILL');
    const next = await commandAgain(other);
    const tookMs = performance.now() - atMs;
    assert.ok(tookMs <= 3_000, `${tookMs} ms`);
    assert.ok((next.room.state as unknown as { epoch: number }).epoch > epoch);
    assert.equal(next.room.state.policy.announcement, 'stay with us');
    const after = playing(fan.room.state, LATEST);
    assert.deepEqual([after.trackId, after.positionMs, after.anchorMs], [before.trackId, before.positionMs, before.anchorMs]);
    assert.ok(fan.room.connection.isOpen);
  });

  /** What a page does whose seat is gone: asks doors and rooms again, in its own time, until it has what it wants. */
  async function again<T>(attempt: () => Promise<T>, withinMs = 20_000): Promise<T> {
    const giveUpAtMs = performance.now() + withinMs;
    for (;;) {
      try {
        return await inTime(attempt());
      } catch (error) {
        if (performance.now() > giveUpAtMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  /** A process that died or froze answers nothing: no page waits for it. */
  function inTime<T>(answer: Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('no answer in time')), 1_000);
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  const commandAgain = ({ origin, slug }: PartyProcess) =>
    again(async () => {
      const staff = await enter(origin, slug, {}, staffToken);
      await staff.ask('chat-mode', { mode: 'open' });
      return staff;
    });

  it('BU22 kill -9 of a section’s process: its fans find seats elsewhere, in sync and with the lines', async () => {
    const staged = await cluster.staged();
    const other = cluster.processes.find((process) => process !== staged);
    assert.ok(staged && other);
    const stays = await fanOn(staged, staged, 'Ann');
    const moves = await fanOn(other, staged, 'Bob');
    await stays.ask('chat', { key: 'k1', text: 'before' });
    await until('both read it', () => [stays, moves].every((fan) => texts(fan).includes('before')));
    await other.stop('SIGKILL');
    await moves.closed;
    const back = await again(() => enter(staged.origin, staged.slug, { name: 'Bob' }, moves.fan.token));
    assert.deepEqual({ ...playing(back.room.state, LATEST) }, { ...playing(stays.room.state, LATEST) });
    assert.ok(texts(back).includes('before'));
    await back.ask('chat', { key: 'k2', text: 'after' });
    await until('the other reads it', () => texts(stays).includes('after'));
    await until('the dead are no longer counted', () => stays.room.state.audience.event === 2);
  });

  it('BU23 SIGTERM hands stage and fans over: no command is lost, fans are told 4100, and the process ends well', async () => {
    const staged = await cluster.staged();
    const other = cluster.processes.find((process) => process !== staged);
    assert.ok(staged && other);
    const fans = [await fanOn(staged, other, 'Ann'), await fanOn(staged, staged, 'Cleo')];
    const host = await hostAt(other);
    const { revision } = await host.ask<{ revision: number }>('seek', { toMs: 30_000 });
    const ended = staged.stop('SIGTERM');
    const codes = await Promise.all([...fans, host].map(({ closed }) => closed));
    assert.deepEqual(codes, [4100, 4100, 4100]);
    const moved = await Promise.all(
      fans.map(({ fan }) => again(() => enter(other.origin, other.slug, { name: 'Ann' }, fan.token))),
    );
    for (const { room } of moved) assert.equal(playing(room.state, LATEST).revision, revision);
    const next = await commandAgain(other);
    assert.equal(await refusalOf(next.ask('pause', {})), 'accepted');
    assert.equal(await ended, 0);
  });

  /** Says it until everybody reads it; resolves with how long that took. */
  async function heardByAll(from: Stranger, all: readonly Stranger[], what: string): Promise<number> {
    const atMs = performance.now();
    let n = 0;
    await until(`everybody reads ${what}`, async () => {
      const text = `${what} ${++n}`;
      await from.ask('chat', { key: text.replaceAll(' ', '-'), text }).catch(() => undefined);
      return until('read', () => all.every((fan) => texts(fan).includes(text)), 600).then(
        () => true,
        () => false,
      );
    });
    return performance.now() - atMs;
  }

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  for (const [how, stop, start] of [
    ['frozen', () => cluster.redis.pause(), () => cluster.redis.resume()],
    ['ended, and what it knew with it', () => cluster.redis.kill(), () => cluster.redis.start()],
  ] as const) {
    it(`BU24 Redis ${how} for 5 s: nobody is disconnected, neighbours talk, no command is acknowledged, and then all is as before`, async () => {
      const [a, b] = cluster.processes as [PartyProcess, PartyProcess];
      const [ann, ben] = [await fanOn(a, a, 'Ann'), await fanOn(a, a, 'Ben')];
      const bob = await fanOn(b, b, 'Bob');
      const fans = [ann, ben, bob];
      // Redis may have been away a moment ago, in the test before.
      const host = await commandAgain(a);
      const { revision } = await host.ask<{ revision: number }>('seek', { toMs: 10_000 });
      await until('all play it', () => fans.every(({ room }) => playing(room.state, LATEST).revision === revision));
      const before = { ...playing(bob.room.state, LATEST) };
      const { epoch } = host.room.state as unknown as { epoch: number };

      await stop();
      const stoppedAtMs = performance.now();
      const refusals: string[] = [];
      while (performance.now() - stoppedAtMs < 5_000) {
        refusals.push(await refusalOf(host.ask('announce', { text: 'not now' })));
        await pause(500);
      }
      assert.ok(refusals.length >= 3 && refusals.every((code) => code === 'stage_unavailable'), refusals.join());
      const answers = await Promise.all(
        fans.map(({ ask }) => ask<{ fate: string }>('chat', { key: 'away', text: `still here ${Math.random()}` })),
      );
      assert.deepEqual(
        answers.map(({ fate }) => fate),
        ['section', 'section', 'section'],
      );
      if (ann.room.roomId === ben.room.roomId) {
        await until('neighbours read each other', () => texts(ben).some((text) => text.startsWith('still here')));
      }
      await start();
      const backMs = await heardByAll(ann, fans, 'back');
      assert.ok(backMs <= 3_000, `${backMs} ms`);
      assert.ok(fans.every(({ room }) => room.connection.isOpen));
      const next = await commandAgain(b);
      assert.ok((next.room.state as unknown as { epoch: number }).epoch >= epoch);
      const after = playing(bob.room.state, LATEST);
      assert.deepEqual([after.trackId, after.positionMs, after.anchorMs], [before.trackId, before.positionMs, before.anchorMs]);
    });
  }

  it('BU25 a stage’s process that was stopped for 4 s and wakes changes nothing: another one has the event', async () => {
    const staged = await cluster.staged();
    const other = cluster.processes.find((process) => process !== staged);
    assert.ok(staged && other);
    const fan = await fanOn(other, other, 'Ann');
    const host = await hostAt(other);
    process.kill(staged.pid, 'SIGSTOP');
    const woken = refusalOf(host.ask('announce', { text: 'from the past' }));
    const next = await commandAgain(other);
    await next.ask('announce', { text: 'from the present' });
    await pause(2_000);
    process.kill(staged.pid, 'SIGCONT');
    assert.notEqual(await Promise.race([woken, host.closed.then(() => 'closed')]), 'accepted');
    assert.equal(await host.closed, 4100);
    await until('one process has the stage', async () => (await cluster.status(staged)).stages.length === 0);
    assert.equal(fan.room.state.policy.announcement, 'from the present');
    assert.equal(next.room.state.policy.announcement, 'from the present');
    assert.ok(next.room.connection.isOpen);
  });
});
