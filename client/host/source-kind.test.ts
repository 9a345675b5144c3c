import assert from 'node:assert/strict';
import { sourceKindOf } from './source-kind.ts';

describe('the kind of a source', () => {
  it('HC4 tells files, streams and videos by their address', () => {
    assert.equal(sourceKindOf('/media/a.mp3?sig=x'), 'file');
    assert.equal(sourceKindOf('https://cdn.example/live/index.m3u8?t=1'), 'hls');
    assert.equal(sourceKindOf('https://youtu.be/abc'), 'youtube');
    assert.equal(sourceKindOf('https://www.youtube.com/watch?v=abc'), 'youtube');
    assert.equal(sourceKindOf('https://notyoutube.com/a'), 'file');
  });
});
