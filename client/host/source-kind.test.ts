import assert from 'node:assert/strict';
import { sourceKindOf } from './source-kind.ts';

describe('the kind of a source', () => {
  const kindOf = (url: string) => sourceKindOf(url, 'http://localhost:2567');

  it('HC4 tells files and streams by their address', () => {
    assert.equal(kindOf('/media/a.mp3?sig=x'), 'file');
    assert.equal(kindOf('https://cdn.example/live/index.m3u8?t=1'), 'hls');
    assert.equal(kindOf('https://notyoutube.com/a'), 'file');
  });

  it('HC12 knows YouTube, however it is written', () => {
    for (const url of [
      'https://youtu.be/abc',
      'https://www.youtube.com/watch?v=abc',
      'http://music.youtube.com/watch?v=abc',
      'https://www.youtube-nocookie.com/embed/abc',
      'HTTPS://YOUTUBE.COM',
    ])
      assert.equal(kindOf(url), 'youtube', url);
  });

  it('HC12 knows what a page may not fetch: plain http, but from where the page itself comes', () => {
    assert.equal(kindOf('http://cdn.example/a.mp3'), 'insecure');
    assert.equal(kindOf('HTTP://cdn.example/index.m3u8'), 'insecure');
    assert.equal(kindOf('http://localhost:25670/media/a.mp3'), 'insecure');
    assert.equal(kindOf('http://LOCALHOST:2567/media/a.mp3'), 'file');
    assert.equal(sourceKindOf('http://party.example/a.mp3', 'https://party.example'), 'insecure');
  });
});
