/** What staff see of an event: kept as plain values, and written into the stage's schema right before a patch. */
import type { Line, Removal, UpLine } from '../../schemas/chat.ts';
import type { StaffId } from '../../schemas/ids.ts';
import type { ReportEntry, StageSnapshot } from '../../schemas/stage.ts';
import type { StageState } from '../../schemas/stage-state.ts';
import { LineRing } from '../line-ring.ts';
import { Projection } from '../project.ts';
import type { VenueDeps } from '../venue.ts';
import type { Crowd } from './crowd.ts';
import type { LaneDesk } from './lane-desk.ts';
import { projectCrowd, projectSanctions, projectStaff } from './staff-projection.ts';
import { StaffRings } from './staff-rings.ts';
import { bare } from './targets.ts';

export interface Shown {
  readonly snapshot: StageSnapshot;
  readonly crowd: Crowd;
  readonly lane: LaneDesk;
  readonly online: ReadonlySet<StaffId>;
}

export class StageScreen {
  readonly #deps: Pick<VenueDeps, 'clock' | 'eventNowMs'>;
  readonly #state: StageState;
  readonly #lines = new LineRing();
  readonly #projection: Projection;
  /** The feed of lines, and the log of commands. */
  readonly rings: StaffRings;

  constructor(deps: Pick<VenueDeps, 'clock' | 'eventNowMs' | 'mediaUrl'>, state: StageState) {
    this.#deps = deps;
    this.#state = state;
    this.#projection = new Projection(state, deps.mediaUrl);
    this.rings = new StaffRings(state);
  }

  /** Lines that everybody sees. */
  show(lines: readonly (Line | UpLine)[]): void {
    this.#lines.push(lines.map((line) => ({ line: bare(line), lane: 'event' })));
  }

  /** What came up from the sections: for staff's eyes. */
  hear(lines: readonly UpLine[], reports: readonly ReportEntry[]): void {
    for (const line of lines) this.rings.line(bare(line), line.section);
    for (const { line, section, reason } of reports) this.rings.report(line, section, reason);
  }

  remove(removal: Removal): void {
    this.#lines.remove(removal);
    this.rings.remove(removal);
  }

  /** The one place where the stage's schema is written; a patch follows at once. */
  project({ snapshot, crowd, lane, online }: Shown): void {
    const state = this.#state;
    const figures = crowd.figures();
    this.#projection.snapshot(snapshot);
    this.#projection.lanes({ mode: lane.mode, shownShare: lane.chat.shownShare, reactions: crowd.reactions });
    this.#projection.audience(figures.fans, figures.fans, this.#deps.clock.nowMs());
    this.#lines.project(state.lines);
    this.rings.project();
    projectCrowd(state, figures, lane.chat);
    projectStaff(state, snapshot, online);
    projectSanctions(state, snapshot, this.#deps.eventNowMs());
  }
}
