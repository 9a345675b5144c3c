import assert from 'node:assert/strict';
import type { StageView } from '../session/staff-types.ts';
import { issuesOf } from './health.ts';

const well = {
  ended: false,
  chat: 'calm',
  policy: { doors: 'open', chatMode: 'open' },
  crowd: { syncP95Ms: 12, shownShare: 1 },
  feed: [{ reason: '' }],
} as unknown as StageView;

describe('health at a glance', () => {
  it('HC1 says that all is well when it is', () => {
    assert.deepEqual(issuesOf('live', well, true), []);
    assert.deepEqual(issuesOf('live', { ...well, crowd: { ...well.crowd, syncP95Ms: null } }, true), []);
  });

  it('HC1 names what is not, worst first', () => {
    const view = {
      ...well,
      chat: 'crowded',
      policy: { doors: 'closed', chatMode: 'closed' },
      crowd: { syncP95Ms: 212.4, shownShare: 0.2 },
      feed: [{ reason: 'spam' }, { reason: '' }],
    } as unknown as StageView;
    assert.deepEqual(issuesOf('reconnecting', view, false), [
      { kind: 'reconnecting' },
      { kind: 'drift', ms: 212 },
      { kind: 'silence' },
      { kind: 'doors-closed' },
      { kind: 'chat-closed' },
      { kind: 'reports', count: 1 },
      { kind: 'crowded', share: 0.2 },
    ]);
  });

  it('HC1 has one thing to say of an event that is over', () => {
    assert.deepEqual(issuesOf('reconnecting', { ...well, ended: true }, false), [{ kind: 'ended' }]);
  });
});
