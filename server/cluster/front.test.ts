import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'mocha';
import { HEARTBEAT_PERIOD_MS } from '../transport/heartbeat.ts';
import { type FrontOptions, nginxConf } from './front.ts';

const OPTIONS: FrontOptions = {
  serverName: 'party.example',
  machines: [{ prefix: 'p', host: '127.0.0.1', port: 2_567, processes: 8 }],
  listen: ['443'],
  listenHttp: ['80'],
  certificate: '/etc/ssl/party.pem',
  key: '/etc/ssl/party.key',
  stateDir: '/var/cache/nginx/front-row',
  user: undefined,
  workers: 4,
  fans: 110_427,
};

describe('the configuration of the front', () => {
  const numberOf = (conf: string, directive: string) => Number(new RegExp(`${directive} (\\d+);`).exec(conf)?.[1]);

  it('CL13 has two descriptors and two connections for every fan, with half as many again to spare', () => {
    const conf = nginxConf(OPTIONS);
    assert.ok(numberOf(conf, 'worker_connections') * OPTIONS.workers >= 110_427 * 2 * 1.5);
    assert.ok(numberOf(conf, 'worker_rlimit_nofile') > numberOf(conf, 'worker_connections'));
    assert.ok(numberOf(nginxConf({ ...OPTIONS, fans: 10 }), 'worker_connections') >= 1_024);
  });

  it('CL11 leads /p{n}/ to process n, over several machines each with its prefix', () => {
    const conf = nginxConf({
      ...OPTIONS,
      machines: [
        { prefix: 'a', host: '10.0.0.5', port: 2_567, processes: 2 },
        { prefix: 'b', host: '10.0.0.6', port: 3_000, processes: 1 },
      ],
    });
    const upstreams = [...conf.matchAll(/upstream process_(\w+) \{ server (\S+) /g)].map(
      ([, name, address]) => `${name} ${address}`,
    );
    assert.deepEqual(upstreams, ['a0 10.0.0.5:2567', 'a1 10.0.0.5:2568', 'b0 10.0.0.6:3000']);
    assert.match(conf, /location ~ \^\/\(\?<process>a0\|a1\|b0\)\//);
  });

  it('CL11 lets a quiet socket live longer than the heartbeat leaves it quiet', () => {
    const [, seconds] = /proxy_read_timeout (\d+)s;\n\s+proxy_send_timeout/.exec(nginxConf(OPTIONS)) ?? [];
    assert.ok(Number(seconds) * 1_000 > 3 * HEARTBEAT_PERIOD_MS);
  });

  it('CL14 refuses options that would end up as something else in the configuration', () => {
    const write = (...args: string[]) =>
      spawnSync(process.execPath, ['server/cluster/nginx-conf.ts', ...args], { encoding: 'utf8' });
    const needed = ['--certificate', '/c.pem', '--key', '/k.pem'];
    assert.equal(write('--server-name', 'a.example', ...needed, '--processes', '2').status, 0);
    for (const wrong of [
      ['--server-name', 'a.example; return 200', ...needed, '--processes', '2'],
      ['--server-name', 'a.example', ...needed],
      ['--server-name', 'a.example', ...needed, '--processes', '0'],
      ['--server-name', 'a.example', ...needed, '--machine', '10.0.0.5:2567'],
      ['--server-name', 'a.example', ...needed, '--machine', 'a=10.0.0.5:1*2', '--machine', 'a=10.0.0.6:1*2'],
      ['--processes', '2'],
    ]) {
      const { status, stderr, stdout } = write(...wrong);
      assert.equal(status, 2, wrong.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, /Usage: /);
    }
  });
});
