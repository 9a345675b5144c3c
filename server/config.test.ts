import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readConfig } from './config.ts';
import { secretOf } from './config-secret.ts';

const configOf = (env: Record<string, string>, argv: string[] = []) => {
  const config = readConfig(env, argv);
  assert.notEqual(config, 'help');
  return config as Exclude<typeof config, 'help'>;
};

describe('config', () => {
  it('HT20 has defaults for everything, and cannot be changed afterwards', () => {
    const config = configOf({});
    assert.equal(config.port, 2_567);
    assert.deepEqual(config.trustedProxies, []);
    assert.equal(config.ticketSecrets, undefined);
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.limits));
  });

  it('HT20 takes empty variables for unset ones', () => {
    assert.equal(configOf({ PORT: '', REDIS_URL: '' }).port, 2_567);
  });

  it('HT20 names every wrong variable in one message, and shows no value', () => {
    const env = {
      PORT: '99999',
      PUBLIC_URL: 'ftp://x',
      TRUSTED_PROXIES: 'nginx',
      TICKET_SECRET: 'sesame',
      LOG_LEVEL: 'loud',
      ADMIN_TOKEN: 'tok',
    };
    assert.throws(
      () => readConfig(env, ['--nonsense']),
      (error) => {
        assert.ok(error instanceof ConfigError);
        for (const name of [...Object.keys(env), 'command line']) assert.match(error.message, new RegExp(`^ +${name}: `, 'm'));
        assert.doesNotMatch(error.message, /sesame/);
        return true;
      },
    );
  });

  it('HT20 refuses what contradicts itself: processes that have nowhere to meet, machines that cannot read each other’s tickets', () => {
    const problemOf = (env: Record<string, string>) => {
      try {
        readConfig(env, []);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    assert.match(problemOf({ PROCESSES: '2' }), /REDIS_URL/);
    assert.match(problemOf({ PROCESSES: '2', REDIS_URL: 'redis://127.0.0.1', PROCESS_INDEX: '2' }), /PROCESS_INDEX/);
    assert.match(problemOf({ REDIS_URL: 'redis://10.0.0.7' }), /TICKET_SECRET/);
    assert.match(problemOf({ REDIS_URL: 'http://127.0.0.1' }), /REDIS_URL/);
    assert.match(problemOf({ DATABASE_URL: 'mysql://127.0.0.1/x' }), /DATABASE_URL/);
    assert.match(
      problemOf({ PROCESSES: '2', REDIS_URL: 'redis://localhost', PUBLIC_ADDRESS: 'party.example' }),
      /PUBLIC_ADDRESS/,
    );
    assert.match(problemOf({ PUBLIC_ADDRESS: 'party.example/p{x}' }), /PUBLIC_ADDRESS/);
    assert.match(problemOf({ PORT: '0', PUBLIC_ADDRESS: 'party.example:{port}' }), /PUBLIC_ADDRESS/);
    const [DATABASE_URL, TICKET_SECRET] = ['postgres://127.0.0.1/party', 'a-secret-for-all-machines'];
    assert.match(problemOf({ PROCESSES: '2', REDIS_URL: 'redis://localhost' }), /DATABASE_URL/);
    assert.match(problemOf({ REDIS_URL: 'redis://10.0.0.7', TICKET_SECRET }), /DATABASE_URL/);
    assert.equal(problemOf({ PROCESSES: '2', REDIS_URL: 'rediss://:pw@localhost:6380/1', DATABASE_URL }), '');
    assert.equal(problemOf({ REDIS_URL: 'redis://10.0.0.7', TICKET_SECRET, DATABASE_URL }), '');
  });

  it('HT20 process n listens on PORT + n, at its own public address', () => {
    const config = configOf({ PORT: '4000', PROCESS_INDEX: '3', PUBLIC_ADDRESS: 'party.example/p{n}' });
    assert.deepEqual([config.port, config.publicAddress, config.processIndex], [4_003, 'party.example/p3', 3]);
    assert.equal(configOf({ PORT: '4000', NODE_APP_INSTANCE: '2' }).port, 4_002);
    assert.equal(
      configOf({ PORT: '4000', PROCESS_INDEX: '1', PUBLIC_ADDRESS: 'party.example:{port}' }).publicAddress,
      'party.example:4001',
    );
    assert.equal(configOf({ PORT: '0', PROCESS_INDEX: '3' }).port, 0);
  });

  it('HT20 keeps only the origin of PUBLIC_URL, and reads secrets as a list', () => {
    const config = configOf({
      PUBLIC_URL: 'https://party.example/some/path',
      TICKET_SECRET: 'the-newest-secret-of-all, an-older-secret-of-ours',
    });
    assert.equal(config.publicUrl, 'https://party.example');
    assert.deepEqual(config.ticketSecrets, ['the-newest-secret-of-all', 'an-older-secret-of-ours']);
  });

  it('HT20 takes the music from --media, else from MEDIA_DIR', () => {
    assert.equal(configOf({ MEDIA_DIR: '/shared/music' }).mediaDir, '/shared/music');
    assert.equal(configOf({ MEDIA_DIR: '/shared/music' }, ['--media', '/music']).mediaDir, '/music');
    assert.equal(configOf({}).mediaDir, undefined);
  });

  it('HT20 takes --port before PORT, --media and --help', () => {
    const config = configOf({ PORT: '1' }, ['--port', '0', '--media', '/music']);
    assert.equal(config.port, 0);
    assert.equal(config.mediaDir, '/music');
    assert.equal(readConfig({ PORT: 'nonsense' }, ['--help']), 'help');
  });
});

describe('config secret', () => {
  let dir: string;
  beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'front-row-secret-'))));
  afterEach(() => rm(dir, { recursive: true }));

  it('TK2 is made once, for its owner only, and read by everyone who starts at the same time', async () => {
    const secrets = await Promise.all(Array.from({ length: 8 }, () => secretOf(join(dir, 'data'))));
    assert.equal(new Set(secrets).size, 1);
    assert.equal(await secretOf(join(dir, 'data')), secrets[0]);
    const path = join(dir, 'data', 'ticket-secret');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await readFile(path, 'utf8')).trim(), secrets[0]);
  });

  it('TK2 refuses a file that holds no secret instead of sealing with nothing', async () => {
    await writeFile(join(dir, 'ticket-secret'), '\n');
    await assert.rejects(secretOf(dir), /no usable secret/);
  });
});
