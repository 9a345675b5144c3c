import assert from 'node:assert/strict';
import { logger } from '@colyseus/core';
import { setLogger } from '@colyseus/core/Logger';
import { silentLog } from '../../tests/support/quiet.ts';
import { logColyseus } from './colyseus-log.ts';

describe("Colyseus's log", () => {
  const stock = logger;
  after(() => setLogger(stock));

  it('OB11 goes to the process’s own log, its errors as warnings', () => {
    const said: unknown[] = [];
    const hear = (level: string) => (fields: object) => void said.push([level, fields]);
    logColyseus({ ...silentLog, debug: hear('debug'), warn: hear('warn') });
    logger.error('Error: one client did something');
    logger.info('a note');
    assert.deepEqual(said, [
      ['warn', { said: ['Error: one client did something'] }],
      ['debug', { said: ['a note'] }],
    ]);
  });
});
