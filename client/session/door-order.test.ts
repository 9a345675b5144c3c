import assert from 'node:assert/strict';
import { elsewhereFirst, turned, withNews } from './door-order.ts';

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

  it('PS19 keeps doors that are not named any more behind those that are', () => {
    assert.deepEqual(withNews('http://a', ['http://b', 'http://a'], ['http://a', 'http://c', 'http://b']), [
      'http://a',
      'http://b',
      'http://c',
    ]);
    assert.deepEqual(withNews('http://a', [], ['http://c']), ['http://a', 'http://c']);
  });

  it('PS1 begins each page at a door of its own', () => {
    const doors = ['http://a', 'http://b', 'http://c'];
    assert.deepEqual(turned(doors, 0), doors);
    assert.deepEqual(turned(doors, 0.5), ['http://b', 'http://c', 'http://a']);
    assert.deepEqual(turned(doors, 0.999), ['http://c', 'http://a', 'http://b']);
    assert.deepEqual(turned([], 0.5), []);
  });

  it('PS19 forgets the oldest when there are many', () => {
    const names = (from: number, count: number) => Array.from({ length: count }, (_, n) => `http://d${from + n}`);
    assert.deepEqual(withNews('http://a', names(0, 10), names(5, 20)), ['http://a', ...names(0, 15)]);
    assert.deepEqual(withNews('http://a', names(0, 30), names(30, 5)), ['http://a', ...names(0, 30)]);
  });
});
