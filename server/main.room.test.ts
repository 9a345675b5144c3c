/** `server/main.ts` as a process: what it prints, what it survives, how it goes. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type Room } from '@colyseus/sdk';
import { playheadOf } from '../core/timeline.ts';
import { EventSummary, type TicketGranted, type TicketRequest } from '../schemas/http.ts';
import type { Playback, Track } from '../schemas/playback.ts';
import { SectionState } from '../schemas/section-state.ts';
import { StageState } from '../schemas/stage-state.ts';
import { until } from '../tests/support/until.ts';
import { encodeFlac } from './media/demo/flac.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const RATE_HZ = 32_000;

/** `seconds` of silence with a title. */
function silence(title: string, seconds: number): Uint8Array {
  const samples = () => new Int16Array(RATE_HZ * seconds);
  const comments = { TITLE: title, ARTIST: 'Nobody', ALBUM: 'Quiet' };
  return encodeFlac({ rateHz: RATE_HZ, left: samples(), right: samples() }, { comments, picture: null });
}

describe('main', function () {
  this.timeout(60_000);
  let dir: string;
  const running = new Set<ChildProcess>();
  let [first, second]: (Uint8Array | undefined)[] = [];
  before(function () {
    this.timeout(120_000);
    [first, second] = [silence('First', 2), silence('Second', 600)];
  });
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'front-row-main-'));
    await mkdir(join(dir, 'music'));
    await writeFile(join(dir, 'music', '1.flac'), first ?? '');
    await writeFile(join(dir, 'music', '2.flac'), second ?? '');
  });
  afterEach(async () => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
    await rm(dir, { recursive: true });
  });

  function run(args: string[], env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', DATA_DIR: join(dir, 'data'), LOG_LEVEL: 'silent', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => void (said.out += chunk));
    child.stderr.on('data', (chunk) => void (said.err += chunk));
    const exited = once(child, 'exit').then(([code, signal]) => {
      running.delete(child);
      return { code: code as number | null, signal: signal as string | null };
    });
    return { child, said, exited };
  }

  /** Starts with the folder's music and waits for the two lines. */
  async function start() {
    const { child, said, exited } = run(['--media', join(dir, 'music')]);
    await until('both lines are printed', () => /^host {2}/m.test(said.out) || child.exitCode !== null, 15_000);
    const [, fan = ''] = /^fan {2}(\S+)$/m.exec(said.out) ?? [];
    const [, host = ''] = /^host {2}(\S+)$/m.exec(said.out) ?? [];
    assert.ok(fan && host, said.out + said.err);
    return { child, exited, fan, host, origin: new URL(fan).origin, invite: host.split('#invite=')[1] ?? '' };
  }

  async function ticket(origin: string, body: typeof TicketRequest._zod.input, headers: Record<string, string> = {}) {
    const reply = await fetch(`${origin}/api/events/demo/tickets`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: reply.status, json: await reply.json() };
  }

  async function sit(origin: string, granted: TicketGranted, stateClass: typeof SectionState | typeof StageState) {
    const client = new Client(origin);
    client.auth.token = granted.ticket;
    const room = await client.consumeSeatReservation(granted.seat as never, stateClass);
    room.reconnection.enabled = false;
    await until('the state has come', () => room.state.setlist.length > 0);
    return room as unknown as Room<unknown, SectionState>;
  }

  const tracksOf = (state: SectionState) => state.setlist.map((track) => track.toJSON()) as unknown as Track[];
  const headAt = (state: SectionState, nowMs: number) =>
    playheadOf(
      {
        playback: state.playback.toJSON() as Playback,
        next: state.next ? (state.next.toJSON() as Playback & { applyAtMs: number }) : null,
        setlist: tracksOf(state),
        nextSetlist: null,
      },
      nowMs,
    );

  it('HT22 prints where fans and hosts come in, says what it skipped, and leaves with 0 on SIGTERM', async () => {
    await writeFile(join(dir, 'music', '3.mp3'), 'not music at all');
    const { child, said, exited } = run(['--media', join(dir, 'music')]);
    await until(
      'both lines are printed',
      () => /^fan {2}http:\/\/localhost:\d+\/e\/demo\nhost {2}http:\/\/localhost:\d+\/host\/demo#invite=\w+$/m.test(said.out),
      15_000,
    );
    assert.match(said.err, /^skipped 3\.mp3: /m);
    const [, fan = ''] = /^fan {2}(\S+)$/m.exec(said.out) ?? [];
    const { origin } = new URL(fan);
    const room = await sit(origin, (await ticket(origin, { name: 'Ada' })).json, SectionState);
    const closed = new Promise<number>((resolve) => room.onLeave((code) => resolve(code)));
    child.kill('SIGTERM');
    assert.equal(await closed, 4_100);
    assert.deepEqual(await exited, { code: 0, signal: null });
  });

  it('HT21 plays a folder through signed addresses that nobody can guess', async () => {
    const { origin } = await start();
    const room = await sit(origin, (await ticket(origin, { name: 'Ada' })).json, SectionState);
    const tracks = tracksOf(room.state);
    assert.deepEqual(
      tracks.map(({ title, durationMs }) => [title, durationMs]),
      [
        ['First', 2_000],
        ['Second', 600_000],
      ],
    );
    const [
      {
        source: { url },
      },
    ] = tracks as [Track];
    const whole = await fetch(origin + url);
    assert.deepEqual([whole.status, whole.headers.get('content-type')], [200, 'audio/flac']);
    const range = await fetch(origin + url, { headers: { Range: 'bytes=0-3' } });
    assert.deepEqual([range.status, await range.text()], [206, 'fLaC']);
    assert.equal((await fetch(origin + url.split('?')[0])).status, 403);
    room.connection.close();
  });

  it('HT21 goes on after kill -9 where it would have been, with bans, staff and lines', async () => {
    const first = await start();
    const stage = await sit(first.origin, (await ticket(first.origin, { invite: first.invite })).json, StageState);
    const fan = (await ticket(first.origin, { name: 'Ada' })).json;
    const troll = (await ticket(first.origin, { name: 'Troll' })).json;
    const room = await sit(first.origin, fan, SectionState);
    const { id } = await room.request<unknown, { id: string }>('chat', { key: 'k1', text: 'still here' });
    await sit(first.origin, troll, SectionState);
    await stage.request('ban', { fanId: troll.fan.id, forMs: null, scope: 'event', reason: 'spam' });
    await stage.request('seek', { toMs: 1_500 });
    await until('the cue is known', () => (stage.state.next?.revision ?? stage.state.playback.revision) > 0);
    const before = stage.state;
    first.child.kill('SIGKILL');
    await first.exited;

    const second = await start();
    const again = (await ticket(second.origin, { name: 'Ada' }, { Authorization: `Bearer ${fan.fan.token}` })).json;
    assert.equal(again.fan.id, fan.fan.id);
    const back = await sit(second.origin, again, SectionState);
    // Both in event time, at a moment when the cue is in force.
    const laterMs = again.serverTimeMs + 5_000;
    const [was, is] = [headAt(before, laterMs), headAt(back.state, laterMs)];
    assert.deepEqual([is.trackId, is.status], [was.trackId, 'playing']);
    assert.ok(Math.abs(is.positionMs - was.positionMs) < 1, `${is.positionMs} is not ${was.positionMs}`);
    await until('the line is back', () => back.state.lines.some((line) => line.id === id));
    const banned = await ticket(second.origin, { name: 'Troll' }, { Authorization: `Bearer ${troll.fan.token}` });
    assert.deepEqual([banned.status, banned.json.code], [403, 'banned']);
    assert.equal((await ticket(second.origin, { invite: first.invite })).json.code, 'bad_invite');
    assert.equal((await ticket(second.origin, { invite: second.invite })).status, 201);
  });

  it('HT21 begins anew when another folder is played', async () => {
    const first = await start();
    first.child.kill('SIGTERM');
    await first.exited;
    await rm(join(dir, 'music', '1.flac'));
    const second = await start();
    const summary = EventSummary.parse(await (await fetch(`${second.origin}/api/events/demo`)).json());
    assert.equal(summary.title, 'Quiet');
    const room = await sit(second.origin, (await ticket(second.origin, { name: 'Ada' })).json, SectionState);
    assert.deepEqual(
      tracksOf(room.state).map(({ title }) => title),
      ['Second'],
    );
    assert.equal(headAt(room.state, Date.now()).status, 'playing');
    room.connection.close();
  });

  it('HT21 plays on from the start once everything has been played', async () => {
    await rm(join(dir, 'music', '2.flac'));
    const { origin } = await start();
    const room = await sit(origin, (await ticket(origin, { name: 'Ada' })).json, SectionState);
    const revisionOf = (state: SectionState) => state.next?.revision ?? state.playback.revision;
    const revision = revisionOf(room.state);
    await until('it has ended', () => headAt(room.state, Date.now()).status === 'ended');
    await until(
      'it has started again',
      () => revisionOf(room.state) > revision && headAt(room.state, Date.now()).status === 'playing',
    );
    room.connection.close();
  });

  it('HT20 says what is wrong with its surroundings and leaves with 1', async () => {
    const empty = join(dir, 'empty');
    await mkdir(empty);
    const cases = [
      { args: ['--media', empty], env: {}, says: /empty/ },
      { args: ['--media', join(dir, 'missing')], env: {}, says: /does not exist/ },
      { args: [], env: { PORT: 'x', LOG_LEVEL: 'loud' }, says: /PORT: [^]*LOG_LEVEL: / },
    ];
    for (const { args, env, says } of cases) {
      const { said, exited } = run(args, env);
      assert.equal((await exited).code, 1);
      assert.match(said.err, says);
      assert.doesNotMatch(said.err, /^\s+at /m);
    }
    const help = run(['--help']);
    assert.equal((await help.exited).code, 0);
    assert.match(help.said.out, /--media DIR/);
  });
});
