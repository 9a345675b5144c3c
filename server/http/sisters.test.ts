import assert from 'node:assert/strict';
import { createSisters } from './sisters.ts';

const OTHERS = [{ publicAddress: '127.0.0.1:2568' }, { publicAddress: 'two.example:2569' }, { publicAddress: null }];

const FRONTED = [{ publicAddress: 'party.example/p1' }];

function sisters({ isOneOfMany = true, own = '127.0.0.1:2567', others = OTHERS } = {}) {
  return createSisters({ isOneOfMany, own: () => own, neighbours: () => others });
}

describe('sister processes', () => {
  it('BU40 names the doors of every other process, and none where one host name fronts them all', () => {
    assert.deepEqual(sisters().doors('http'), ['http://127.0.0.1:2568', 'http://two.example:2569']);
    assert.deepEqual(sisters({ own: 'party.example/p0', others: FRONTED }).doors('https'), []);
    assert.deepEqual(sisters({ isOneOfMany: false }).doors('http'), []);
  });

  it('BU40 lets a page of one process talk to the others, by any name of its machine, also when its own has died', () => {
    const { isSister } = sisters();
    assert.ok(isSister('http://localhost:2568', '127.0.0.1:2567'));
    assert.ok(isSister('http://localhost:9999', 'localhost:2567'));
    assert.ok(isSister('http://two.example:2569', 'localhost:2567'));
    assert.ok(!isSister('http://two.example', 'localhost:2567'));
    assert.ok(!isSister('https://evil.example', 'localhost:2567'));
    assert.ok(!isSister('null', 'localhost:2567'));
  });

  it('BU40 lets a page go on that came from a machine which is gone', () => {
    let others = OTHERS;
    const { isSister, doors } = createSisters({ isOneOfMany: true, own: () => '127.0.0.1:2567', neighbours: () => others });
    doors('http');
    others = [];
    assert.ok(isSister('http://two.example:2569', 'localhost:2567'));
    assert.ok(!isSister('http://two.example:1', 'localhost:2567'));
    assert.deepEqual(doors('http'), []);
  });

  it('BU40 a process that is alone, or behind a front, has no sisters', () => {
    assert.ok(!sisters({ isOneOfMany: false }).isSister('http://localhost:2568', 'localhost:2567'));
    assert.ok(!sisters({ own: 'party.example/p0', others: FRONTED }).isSister('https://party.example:81', 'party.example'));
  });

  it('BU40 pages may connect to the host of every socket, without its path', () => {
    const { hosts } = sisters({ own: 'party.example/p0', others: [...FRONTED, { publicAddress: 'x; script-src *' }] });
    assert.deepEqual(hosts(), ['party.example']);
  });
});
