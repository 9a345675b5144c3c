/** The event that is there from the first start: `demo`, with our own music or the files of a folder. */
import { PartyError } from '../core/errors.ts';
import { initialSnapshot } from '../core/stage/initial.ts';
import type { EventStore, PartyEvent, StageStore } from '../rooms/ports.ts';
import type { Rank, StaffMember } from '../schemas/chat.ts';
import type { Theme } from '../schemas/http.ts';
import { EventId, LabelId, Slug, StaffId } from '../schemas/ids.ts';
import type { Track } from '../schemas/playback.ts';
import type { StageSnapshot } from '../schemas/stage.ts';
import { MEDIA_PATH } from './media/media-file.ts';

export const DEMO_SLUG = Slug.parse('demo');

/** What is booked: the demo's own, or whatever the folder holds. */
export interface DemoShow {
  readonly title: string;
  readonly artist: string;
  readonly setlist: readonly Track[];
}

export interface DemoDeps {
  readonly events: EventStore;
  readonly stageStore: StageStore;
  readonly eventNowMs: () => number;
  readonly newId: (length: number) => string;
}

const THEME: Theme = {
  accent: '#ff8a5c',
  background: '#0b0a0d',
  surface: '#16141a',
  text: '#f6f2ec',
  logo: '',
  backdrop: '',
  displayFont: '',
  bodyFont: '',
};
const EMOJIS = ['❤️', '🔥', '👏', '😭', '🎉', '🤘'];
const RESERVED_NAMES = ['Front Row', 'Admin', 'Administrator', 'Moderator', 'Host', 'Owner', 'Staff', 'System'];

/**
 * Books the demo, before its stage opens. What went on when the process died goes on: position, bans, edits by a host. Only a show
 * that is over, or that another folder replaces, begins anew.
 */
export async function bookDemo({ events, stageStore, eventNowMs, newId }: DemoDeps, show: DemoShow): Promise<PartyEvent> {
  const known = await events.eventBySlug(DEMO_SLUG);
  const event = await events.saveEvent({
    id: known?.id ?? EventId.parse(`evt_${newId(12)}`),
    labelId: known?.labelId ?? LabelId.parse(`lbl_${newId(12)}`),
    labelName: 'Front Row',
    slug: DEMO_SLUG,
    title: show.title,
    artist: show.artist,
    theme: posterOf(known?.theme ?? THEME, show.setlist),
    doorsAtMs: known?.doorsAtMs ?? eventNowMs(),
    state: 'open',
    emojis: EMOJIS,
    reservedNames: RESERVED_NAMES,
    allowedOrigins: known?.allowedOrigins ?? [],
    setlist: show.setlist,
    autoplay: true,
  });
  const snapshot = await stageStore.load(event.id);
  const isOther = JSON.stringify(known?.setlist) !== JSON.stringify(event.setlist);
  if (snapshot && (snapshot.ended || isOther)) await beginAnew(stageStore, event, snapshot, eventNowMs());
  return event;
}

/** The poster shows the first cover there is, unless it was given a picture of its own. */
function posterOf(theme: Theme, setlist: readonly Track[]): Theme {
  if (theme.backdrop !== '' && !theme.backdrop.startsWith(MEDIA_PATH)) return theme;
  return { ...theme, backdrop: setlist.find(({ art }) => art !== '')?.art ?? '' };
}

/** Unless another process has it on stage: then that one did, or the show goes on there. */
async function beginAnew(stageStore: StageStore, event: PartyEvent, snapshot: StageSnapshot, nowMs: number): Promise<void> {
  try {
    const epoch = await stageStore.acquire(event.id, snapshot.epoch);
    const { playback, setlist } = initialSnapshot(event, epoch, nowMs);
    const revision = Math.max(snapshot.playback.revision, snapshot.next?.revision ?? 0) + 1;
    const policy = { ...snapshot.policy, doors: 'open' as const };
    await stageStore.commit(
      { ...snapshot, epoch, seq: 0, ended: false, playback: { ...playback, revision }, next: null, setlist, policy },
      null,
    );
  } catch (error) {
    if (!(error instanceof PartyError && error.code === 'stage_unavailable')) throw error;
  }
}

export interface InviteDeps {
  readonly events: Pick<EventStore, 'staffOf' | 'saveInvite'>;
  readonly newId: (length: number) => string;
}

const INVITE_ID_CHARS = 24;

/** A fresh invitation for the member of staff of this name and rank, who is made when there is none yet; resolves with its id. */
export async function freshInvite({ events, newId }: InviteDeps, event: PartyEvent, name: string, rank: Rank): Promise<string> {
  const known = (await events.staffOf(event.id)).find(
    (member) => member.name === name && member.rank === rank && !member.revoked && member.untilMs === null,
  );
  const staff: StaffMember = known ?? { id: StaffId.parse(`stf_${newId(12)}`), name, rank, untilMs: null, revoked: false };
  const id = newId(INVITE_ID_CHARS);
  await events.saveInvite({ id, eventId: event.id, staff, rank, openedAtMs: null });
  return id;
}
