import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { ConfigError } from '../config.ts';
import { readPlan } from './plan.ts';

describe('the plan of a cluster', () => {
  it('CL1 runs two processes or one for each core when nobody says how many', () => {
    const { processes, isAsked } = readPlan({});
    assert.ok(processes >= 2);
    assert.deepEqual(isAsked, { port: false, processes: false });
    assert.deepEqual(readPlan({ PROCESSES: '3', PORT: '4000' }).isAsked, { port: true, processes: true });
    assert.equal(readPlan({ PROCESSES: '3' }).processes, 3);
  });

  it('CL1 refuses what its processes would refuse, naming everything at once and showing no value', () => {
    assert.throws(
      () => readPlan({ PROCESSES: '0', LOG_LEVEL: 'loud', TICKET_SECRET: 'short' }),
      (error: unknown) =>
        error instanceof ConfigError &&
        ['PROCESSES', 'LOG_LEVEL', 'TICKET_SECRET'].every((name) => error.message.includes(name)) &&
        !error.message.includes('loud'),
    );
  });

  it('CL1 refuses ports that are none', () => {
    assert.throws(() => readPlan({ PORT: '0' }), /PORT: must be a port/);
    assert.throws(() => readPlan({ PORT: '65534', PROCESSES: '4' }), /beyond the last port/);
    assert.equal(readPlan({ PORT: '65532', PROCESSES: '4' }).config.port, 65_532);
  });

  it('CL2 keeps everything of its own in DATA_DIR, whatever index or home it was called with', () => {
    const plan = readPlan({ DATA_DIR: '/srv/party', PROCESS_INDEX: '3', NODE_APP_INSTANCE: '2', PORT: '4000', PROCESSES: '2' });
    assert.equal(plan.pm2Home, join('/srv/party', 'cluster', 'pm2'));
    assert.equal(plan.config.port, 4_000);
    assert.equal(plan.env['PROCESS_INDEX'], undefined);
    assert.equal(plan.env['NODE_APP_INSTANCE'], undefined);
  });

  it('CL8 asks processes over loopback when they listen everywhere, else where they listen', () => {
    assert.equal(readPlan({}).probeHost, '127.0.0.1');
    assert.equal(readPlan({ HOST: '0.0.0.0' }).probeHost, '127.0.0.1');
    assert.equal(readPlan({ HOST: '::1' }).probeHost, '[::1]');
    assert.equal(readPlan({ HOST: '10.0.0.7' }).probeHost, '10.0.0.7');
  });
});
