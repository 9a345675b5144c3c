import assert from 'node:assert/strict';
import { elsewhereFirst } from './door-order.ts';

describe('the order of doors', () => {
  it('PS15 asks other machines first, then other ports, then where the seat was lost', () => {
    const doors = ['http://a.example:1', 'http://a.example:2', 'http://b.example:1', 'http://c.example:1'];
    assert.deepEqual(elsewhereFirst(doors, 'a.example:1'), [
      'http://b.example:1',
      'http://c.example:1',
      'http://a.example:2',
      'http://a.example:1',
    ]);
    assert.deepEqual(elsewhereFirst(doors, 'd.example:1/p3'), doors);
  });
});
