import assert from 'node:assert/strict';
import { type Options, processesFor, readOptions } from './options.ts';

function read(...argv: readonly string[]): Options {
  const options = readOptions(argv, 'a-token', () => 0.5);
  assert.notEqual(options, 'help');
  return options as Options;
}

describe('options of the load test', () => {
  it('LT1 takes a profile with nothing else', () => {
    const { plan, out, house, seed } = read('smoke');
    assert.deepEqual(
      [plan.profile, plan.fans, out, house, seed],
      ['smoke', 200, 'data/loadtest', { kind: 'cluster', processes: 2 }, 2 ** 30],
    );
  });

  it('LT1 takes all that may be said', () => {
    const { plan, out, seed, house } = read(
      'tweet',
      '--fans',
      '5000',
      '--pace',
      '20',
      '--out',
      '/x',
      '--seed',
      '9',
      '--processes',
      '3',
      '--minutes',
      '0.5',
    );
    assert.deepEqual([plan.fans, plan.pace, out, seed, house], [5_000, 20, '/x', 9, { kind: 'cluster', processes: 3 }]);
    assert.equal(plan.endAtMs - plan.fullAtMs, 30_000);
    assert.ok(read('tweet', '--sprint').plan.sprint);
  });

  it('LT4 starts a process for 16,000 fans, at least two, at most eight, and eight where one is killed', () => {
    const steady = (fans: number) => processesFor({ fans, act: null });
    assert.deepEqual([200, 32_000, 32_001, 110_427, 300_000].map(steady), [2, 2, 3, 7, 8]);
    for (const profile of ['kill', 'drain']) assert.deepEqual(read(profile).house, { kind: 'cluster', processes: 8 });
  });

  it('LT4 goes to a house that runs already', () => {
    const { house } = read(
      'steady',
      '--url',
      'http://a:1/e/x',
      '--url',
      'https://b',
      '--host-url',
      'https://b/host/demo#invite=i',
      '--data',
      '/d',
    );
    assert.deepEqual(house, {
      kind: 'remote',
      origins: ['http://a:1', 'https://b'],
      hostUrl: 'https://b/host/demo#invite=i',
      slug: 'demo',
      dataDir: '/d',
      databaseUrl: null,
      adminToken: 'a-token',
    });
  });

  it('LT1 refuses what makes no sense, and says what', () => {
    for (const [argv, reason] of [
      [[], /name one profile: smoke, /],
      [['tweets'], /name one profile/],
      [['smoke', 'tweet'], /name one profile/],
      [['smoke', '--fans', 'many'], /--fans must be a number, not many/],
      [['smoke', '--url', 'nowhere'], /--url must be an origin/],
      [['smoke', '--url', 'http://a', '--one'], /neither --one nor --processes/],
      [['smoke', '--data', '/d'], /go with --url/],
      [['smoke', '--one', '--processes', '2'], /--one goes without/],
      [['kill', '--one'], /ends processes/],
      [['drain', '--url', 'http://a'], /ends processes/],
      [['smoke', '--fast'], /--fast/],
    ] as const) {
      assert.throws(() => read(...argv), { message: reason });
    }
  });
});
