import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { PartyError } from '../../core/errors.ts';
import { createLog } from './log.ts';

function written(level: Parameters<typeof createLog>[0], use: (log: ReturnType<typeof createLog>) => void): string {
  let out = '';
  use(createLog(level, { write: (chunk: string) => void (out += chunk) }));
  return out;
}

describe('the log', () => {
  it('OB1 writes one JSON line with level, fields and message', () => {
    const line = JSON.parse(
      written('info', (log) => log.info({ fanId: 'fan_000000000001', tookMs: 3, seen: [1, 2n] }, 'joined')),
    );
    assert.equal(line.msg, 'joined');
    assert.equal(line.level, 30);
    assert.equal(line.fanId, 'fan_000000000001');
    assert.equal(line.tookMs, 3);
    assert.deepEqual(line.seen, [1, '2']);
  });

  it('OB1 leaves out what is below its level', () => {
    const out = written('warn', (log) => {
      log.debug({}, 'small');
      log.info({}, 'usual');
      log.warn({}, 'odd');
      log.error({}, 'bad');
    });
    assert.deepEqual(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).msg),
      ['odd', 'bad'],
    );
  });

  const SECRETS = ['Ada Lovelace', 'I said this', 'tok-123456', 'sig-987', 'cookie-42', '203.0.113.7'];

  it('OB2 writes no name, message text, token, header, address or query string, however deep', () => {
    const out = written('debug', (log) => {
      log.info(
        {
          name: 'Ada Lovelace',
          line: { staffName: 'Ada Lovelace', text: 'I said this', nested: [{ Token: 'tok-123456', ticket: 'tok-123456' }] },
          req: { url: '/media/a.mp3?e=1&s=sig-987', headers: { cookie: 'cookie-42' }, ip: '203.0.113.7' },
          members: new Map([['name', 'Ada Lovelace']]),
        },
        'GET /e/demo?name=Ada%20Lovelace&t=tok-123456#invite=tok-123456',
      );
      log.warn({ auth: 'tok-123456', said: 'Authorization: Bearer tok-123456' }, 'refused http://x/?ticket=tok-123456 twice');
    });
    for (const secret of [...SECRETS, 'Ada%20Lovelace']) assert.ok(!out.includes(secret), `${secret} is in ${out}`);
    assert.match(out, /\/media\/a\.mp3\?\[redacted\]/);
    assert.match(out, /refused http:\/\/x\/\?\[redacted\] twice/);
  });

  it('OB2 cleans errors and their causes, and keeps their type, code, message and stack', () => {
    const cause = Object.assign(new Error('GET /x?token=tok-123456 failed'), { code: 'ECONNRESET', text: 'I said this' });
    const error = Object.assign(new PartyError('unavailable', 'nobody at /host/demo#invite=tok-123456'), { cause });
    const out = written('debug', (log) => log.error({ err: error }, 'failed'));
    for (const secret of SECRETS) assert.ok(!out.includes(secret), `${secret} is in ${out}`);
    const { err } = JSON.parse(out);
    assert.equal(err.type, 'PartyError');
    assert.equal(err.code, 'unavailable');
    assert.match(err.stack, /log\.test\.ts/);
    assert.equal(err.cause.code, 'ECONNRESET');
    assert.equal(err.cause.message, 'GET /x?[redacted] failed');
  });

  it('OB2 survives a record that contains itself', () => {
    const record: Record<string, unknown> = { ok: true };
    record['self'] = record;
    assert.match(
      written('info', (log) => log.info(record, 'round')),
      /"msg":"round"/,
    );
  });
});
