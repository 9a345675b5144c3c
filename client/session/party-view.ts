/** Turns the synced state into plain values, keeping every part that did not change, so that pages render little. */
import type { ChatMode, Line, Policy } from '../../schemas/chat.ts';
import type { Playback, Track } from '../../schemas/playback.ts';
import type { LineState, PlaybackState, SectionState, TrackState } from '../../schemas/section-state.ts';
import type { PartyView } from './types.ts';

type Plain = string | number | boolean | null | undefined | readonly Plain[] | { readonly [key: string]: Plain };

/** `previous` when both say the same, `fresh` otherwise; parts of `fresh` are exchanged for equal parts of `previous`. */
export function keep<Value>(previous: Value | undefined, fresh: Value): Value {
  return share(previous as Plain, fresh as Plain) as Value;
}

function share(previous: Plain, fresh: Plain): Plain {
  if (Object.is(previous, fresh)) return previous;
  if (typeof previous !== 'object' || typeof fresh !== 'object' || previous === null || fresh === null) return fresh;
  if (Array.isArray(previous) !== Array.isArray(fresh)) return fresh;
  const before = previous as Record<string, Plain>;
  const after = fresh as Record<string, Plain>;
  const keys = Object.keys(after);
  let same = keys.length === Object.keys(before).length;
  const shared: Record<string, Plain> = {};
  for (const key of keys) {
    const part = share(before[key], after[key]);
    shared[key] = part;
    if (!Object.is(part, before[key])) same = false;
  }
  if (same) return previous;
  return Array.isArray(fresh) ? keys.map((key) => shared[key]) : shared;
}

function plainPlayback(state: PlaybackState): Playback {
  return {
    trackId: (state.trackId || null) as Playback['trackId'],
    status: state.status as Playback['status'],
    positionMs: state.positionMs,
    anchorMs: state.anchorMs,
    rate: state.rate,
    revision: state.revision,
  };
}

function plainTrack(state: TrackState): Track {
  const { kind, url, startMs, endMs } = state.source;
  return {
    id: state.id as Track['id'],
    title: state.title,
    artist: state.artist,
    album: state.album,
    art: state.art,
    source: {
      kind: kind as Track['source']['kind'],
      url,
      ...(startMs === undefined ? {} : { startMs }),
      ...(endMs === undefined ? {} : { endMs }),
    },
    durationMs: state.durationMs ?? null,
  };
}

export function plainLine(state: LineState): Line {
  return {
    id: state.id as Line['id'],
    fanId: state.fanId as Line['fanId'],
    name: state.name,
    role: state.role as Line['role'],
    text: state.text,
    atMs: state.atMs,
    replyTo: state.replyTo as Line['replyTo'],
  };
}

function plainPolicy(state: SectionState['policy']): Policy {
  return {
    chatMode: state.chatMode as ChatMode,
    slowMs: state.slowMs,
    links: state.links as Policy['links'],
    pinnedLine: state.pinnedLine ? plainLine(state.pinnedLine) : null,
    announcement: state.announcement,
    doors: state.doors as Policy['doors'],
  };
}

/** The view of a section's or the stage's state; equal parts are `previous`'s own. */
export function partyView(state: SectionState, previous: PartyView | null): PartyView {
  const next = state.next;
  const nextSetlist = Array.from(state.nextSetlist, plainTrack);
  return keep<PartyView>(previous ?? undefined, {
    playback: plainPlayback(state.playback),
    next: next ? { ...plainPlayback(next), applyAtMs: next.applyAtMs } : null,
    setlist: Array.from(state.setlist, plainTrack),
    nextSetlist: next && nextSetlist.length > 0 ? nextSetlist : null,
    policy: plainPolicy(state.policy),
    reactions: Object.fromEntries(state.reactions.entries()),
    audience: { event: state.audience.event, section: state.audience.section },
    chat: state.chat === 'crowded' ? 'crowded' : 'calm',
    shownShare: state.shownShare,
    ended: state.ended,
  });
}
