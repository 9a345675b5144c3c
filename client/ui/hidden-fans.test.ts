import assert from 'node:assert/strict';
import { memoryStorage } from '../session/memory-storage.ts';
import { HIDDEN_MAX_FANS, HiddenFans } from './hidden-fans.ts';

describe('hidden fans', () => {
  const names = (hidden: HiddenFans) => hidden.fans.value.map(({ name }) => name);

  it('FP36 are kept for the event, and come back one by one', () => {
    const storage = memoryStorage();
    const tonight = new HiddenFans('tonight', storage);
    tonight.hide({ id: 'fan_a', name: 'Ada' });
    tonight.hide({ id: 'fan_b', name: 'Ben' });
    tonight.hide({ id: 'fan_a', name: 'Ada' });
    assert.deepEqual(names(new HiddenFans('tonight', storage)), ['Ben', 'Ada']);
    assert.deepEqual(names(new HiddenFans('tomorrow', storage)), []);
    tonight.show('fan_b');
    assert.deepEqual(names(new HiddenFans('tonight', storage)), ['Ada']);
  });

  it('FP36 are a bounded list, and one that cannot be read is an empty one', () => {
    const storage = memoryStorage();
    const hidden = new HiddenFans('tonight', storage);
    for (let n = 0; n <= HIDDEN_MAX_FANS; n += 1) hidden.hide({ id: `fan_${n}`, name: `Fan ${n}` });
    assert.equal(hidden.fans.value.length, HIDDEN_MAX_FANS);
    assert.equal(hidden.fans.value.at(-1)?.id, `fan_${HIDDEN_MAX_FANS}`);
    for (const nonsense of ['{', 'null', '[1]', '7']) {
      storage.setItem('front-row:hidden:tonight', nonsense);
      assert.deepEqual(names(new HiddenFans('tonight', storage)), [], nonsense);
    }
  });
});
