/** The scenario bots against a real server: the heckler's every refusal has its own code, and all play to their end. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { systemClock } from '../../core/clock.ts';
import type { House } from '../../loadtest/house/house.ts';
import { openOne } from '../../loadtest/house/own-house.ts';

interface Outcome {
  readonly code: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly err: string;
}

describe('scenario bots', function () {
  this.timeout(180_000);
  let house: House;

  before(async () => {
    house = await openOne({ clock: systemClock(), random: Math.random, env: process.env, say: () => {} });
  });
  after(() => house?.[Symbol.asyncDispose]());

  async function play(...args: readonly string[]): Promise<Outcome> {
    const child = spawn(process.execPath, ['loadtest/bots.ts', '--url', house.origins[0] ?? '', '--event', house.slug, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once('close', resolve)),
    ]);
    return { code, err, counts: JSON.parse(out || '{}') as Outcome['counts'] };
  }

  it('LT17 fans come, talk, hear each other and leave', async () => {
    const { code, counts, err } = await play('--fans', '12', '--lines', '2');
    assert.equal(code, 0, err);
    assert.deepEqual([counts['bots'], counts['finished'], counts['left'], counts['linesAcknowledged']], [12, 12, 12, 24]);
    assert.ok((counts['linesSeen'] ?? 0) > 0);
  });

  it('LT17 chatters talk as fast as they may', async () => {
    const { code, counts, err } = await play('--bot', 'chatter', '--fans', '3', '--lines', '8');
    assert.equal(code, 0, err);
    const said = ['event', 'section', 'held'].reduce((sum, fate) => sum + (counts[`fate ${fate}`] ?? 0), 0);
    assert.equal(said, 24);
    assert.ok(counts['told to wait: rate_limited']);
  });

  it('LT17 hecklers break every rule, are refused each time with its own code, and keep their seat', async () => {
    const { code, counts, err } = await play('--bot', 'heckler', '--fans', '2');
    assert.equal(code, 0, err);
    assert.deepEqual([counts['finished'], counts['rules broken'], counts['good lines']], [2, 56, 4]);
  });

  it('LT17 a host runs the show once through', async () => {
    const { code, counts, err } = await play(
      '--bot',
      'host',
      '--host-url',
      `${house.origins[0]}/host/${house.slug}#invite=${house.invite}`,
    );
    assert.equal(code, 0, err);
    assert.deepEqual([counts['finished'], counts['commands']], [1, 13]);
  });

  it('LT17 a bot that nobody knows is refused with what can be asked for', async () => {
    const { code, err } = await play('--bot', 'troll');
    assert.equal(code, 2);
    assert.match(err, /fan\|chatter\|heckler\|host/);
  });
});
