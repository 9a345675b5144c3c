/** An HLS source in a media element, by hls.js, which is fetched with the first one. */
import type Hls from 'hls.js';
import type { RetryConfig } from 'hls.js';

/** As RFC 8216 keeps players from the edge: what is this far back is always listed, and was fetched before it is due. */
const LIVE_TARGET_DURATIONS = 3;
/** What encoder and network take until a segment of that age can be had. */
const LIVE_MARGIN_MS = 4_000;

/** A segment that is not there is no reason to throw away what is buffered: it may come yet, and the music goes on after it. */
const SEGMENT_RETRY: RetryConfig = {
  maxNumRetry: 8,
  retryDelayMs: 1_000,
  maxRetryDelayMs: 4_000,
  shouldRetry: (rule, retries) => retries < (rule?.maxNumRetry ?? 0),
};

export interface HlsSource {
  /** Where to be in a live source at event time `nowMs`, in ms; null while it does not list that moment, or carries no dates. */
  livePositionMs(nowMs: number): number | null;
  destroy(): void;
}

export interface HlsOptions {
  readonly url: string;
  /** The element for it, asked once it is known whether there is a picture; null: not wanted any more. */
  readonly element: (isSoundOnly: boolean) => HTMLMediaElement | null;
  readonly onFailed: () => void;
}

/** Rejects when the library cannot be fetched; resolves with null when this browser can only play HLS by itself. */
export async function openHls({ url, element, onFailed }: HlsOptions): Promise<HlsSource | null> {
  const { default: HlsClass } = await import('hls.js');
  if (!HlsClass.isSupported()) return null;
  const { default: fragments } = HlsClass.DefaultConfig.fragLoadPolicy;
  const hls = new HlsClass({
    maxBufferLength: 30,
    backBufferLength: 30,
    fragLoadPolicy: { default: { ...fragments, errorRetry: SEGMENT_RETRY } },
  });
  hls.on(HlsClass.Events.ERROR, (_event, { fatal }) => {
    if (fatal) onFailed();
  });
  hls.on(HlsClass.Events.MANIFEST_PARSED, (_event, { audio, video }) => {
    const target = element(audio && !video);
    if (target) hls.attachMedia(target);
  });
  hls.loadSource(url);
  return { livePositionMs: (nowMs) => livePositionMs(hls, nowMs), destroy: () => hls.destroy() };
}

/**
 * What a listener hears of a live source at event time t is what it dates t − 3 target durations − 4 s: the same moment on
 * every page, whenever it joined and however far its own playlist reaches.
 */
function livePositionMs(hls: Hls, nowMs: number): number | null {
  const details = hls.latestLevelDetails;
  if (!details) return null;
  const wantedMs = nowMs - details.targetduration * 1_000 * LIVE_TARGET_DURATIONS - LIVE_MARGIN_MS;
  for (const { programDateTime, start, duration } of details.fragments) {
    if (programDateTime === null) return null;
    const intoMs = wantedMs - programDateTime;
    if (intoMs >= 0 && intoMs < duration * 1_000) return start * 1_000 + intoMs;
  }
  return null;
}
