/** Writes what only staff see into the stage's schema: the crowd, the staff, the sanctions. Called right before a patch. */
import { prune } from '../../core/moderation.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';
import { SanctionState, StaffState, type StageState } from '../../schemas/stage-state.ts';
import type { CrowdFigures } from './crowd.ts';

export interface ChatFigures {
  readonly linesPerS: number;
  readonly shownShare: number;
}

/** Figures for reading, not for arithmetic: one decimal, so that they are not sent again for a difference nobody sees. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

export function projectCrowd({ crowd }: StageState, figures: CrowdFigures, chat: ChatFigures): void {
  crowd.fans = figures.fans;
  crowd.sections = figures.sections;
  crowd.joinsPerS = rounded(figures.joinsPerS);
  crowd.linesPerS = rounded(chat.linesPerS);
  crowd.shownShare = Math.round(chat.shownShare * 100) / 100;
  crowd.syncP50Ms = rounded(figures.syncP50Ms);
  crowd.syncP95Ms = rounded(figures.syncP95Ms);
}

export function projectStaff({ staff }: StageState, snapshot: StageSnapshot, online: ReadonlySet<string>): void {
  for (const member of snapshot.staff) {
    const state = staff.get(member.id) ?? new StaffState();
    state.id = member.id;
    state.name = member.name;
    state.rank = member.rank;
    state.online = online.has(member.id);
    state.revoked = member.revoked;
    if (!staff.has(member.id)) staff.set(member.id, state);
  }
}

export function projectSanctions({ sanctions }: StageState, snapshot: StageSnapshot, nowMs: number): void {
  const inForce = new Map(prune(snapshot.sanctions, nowMs).map((sanction) => [`${sanction.kind}:${sanction.fanId}`, sanction]));
  const lifted = [...sanctions.keys()].filter((key) => !inForce.has(key));
  for (const key of lifted) sanctions.delete(key);
  for (const [key, sanction] of inForce) {
    const state = sanctions.get(key) ?? new SanctionState();
    state.kind = sanction.kind;
    state.fanId = sanction.fanId;
    state.name = sanction.name;
    state.scope = sanction.scope;
    state.untilMs = sanction.untilMs ?? 0;
    state.reason = sanction.reason;
    if (!sanctions.has(key)) sanctions.set(key, state);
  }
}
