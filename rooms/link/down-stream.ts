/**
 * A link's place in the stage's stream: which notices to apply, when to load the snapshot instead, which digests are
 * news. Notices must all arrive; digests may be lost but are never shown late.
 */
import { place } from '../../core/cursor.ts';
import { applyNotice } from '../../core/stage/apply.ts';
import type { Digest, Heartbeat, Notice } from '../../schemas/bus-messages.ts';
import type { Cursor, StageChange, StageSnapshot } from '../../schemas/stage.ts';

/** A digest that was on its way for longer says nothing that is still news. */
const DIGEST_MAX_AGE_MS = 10_000;

/** Where the stage is in its stream. */
type Position = Pick<Heartbeat, 'kind' | 'epoch' | 'seq'>;

export interface DownStreamDeps {
  /** The stage's stored snapshot, which was written before any notice that speaks of it. */
  readonly load: () => Promise<StageSnapshot | null>;
  readonly onSnapshot: (snapshot: StageSnapshot, changes: readonly StageChange[] | null) => void;
  readonly onDigest: (digest: Digest) => void;
  readonly onGap: () => void;
  readonly onError: (error: unknown) => void;
  readonly eventNowMs: () => number;
}

export class DownStream {
  readonly #deps: DownStreamDeps;
  #snapshot: StageSnapshot | undefined;
  #digest: Pick<Digest, 'epoch' | 'n'> = { epoch: 0, n: 0 };
  #epoch = 0;
  #loading: Promise<void> | undefined;
  #loadAgain = false;
  #heardAtMs = 0;

  constructor(deps: DownStreamDeps) {
    this.#deps = deps;
  }

  get snapshot(): StageSnapshot | undefined {
    return this.#snapshot;
  }

  /** The newest epoch that was seen here, in a snapshot or in a message; whatever comes from an older one is refused. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Event time of the stage's last sign of life. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  hear(message: Notice | Position | Digest): void {
    if (message.epoch < this.#epoch) return;
    this.#epoch = message.epoch;
    this.#heardAtMs = this.#deps.eventNowMs();
    if (this.#snapshot === undefined) return this.#reloadSoon();
    switch (message.kind) {
      case 'notice':
        return this.#follow(message);
      case 'heartbeat':
        return this.#catchUp(message);
      case 'digest':
        return this.#digestOf(message);
    }
  }

  /** Loads the stored snapshot and takes it if it is newer. A call while one runs makes it load once more. */
  reload(): Promise<void> {
    this.#loadAgain = this.#loading !== undefined;
    this.#loading ??= this.#loadAll().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadAll(): Promise<void> {
    do {
      this.#loadAgain = false;
      await this.#load();
    } while (this.#loadAgain);
  }

  #follow(notice: Notice): void {
    const snapshot = this.#snapshot as StageSnapshot;
    switch (place(snapshot, notice)) {
      case 'stale':
        return;
      case 'gap':
        return this.#missed();
      case 'next':
        this.#snapshot = applyNotice(snapshot, notice);
        this.#deps.onSnapshot(this.#snapshot, notice.changes);
    }
  }

  /** A heartbeat names the last notice: having it is fine, lacking it is a gap even if the next one is that very one. */
  #catchUp(heartbeat: Position): void {
    if (isNewer(heartbeat, this.#snapshot as StageSnapshot)) this.#missed();
  }

  #digestOf(digest: Digest): void {
    const isLate = digest.epoch < this.#digest.epoch || (digest.epoch === this.#digest.epoch && digest.n <= this.#digest.n);
    if (isLate || this.#deps.eventNowMs() - digest.atMs > DIGEST_MAX_AGE_MS) return;
    this.#digest = digest;
    this.#deps.onDigest(digest);
  }

  #missed(): void {
    this.#deps.onGap();
    this.#reloadSoon();
  }

  #reloadSoon(): void {
    void this.reload().catch(this.#deps.onError);
  }

  async #load(): Promise<void> {
    const stored = await this.#deps.load();
    if (stored === null || (this.#snapshot !== undefined && !isNewer(stored, this.#snapshot))) return;
    // The first snapshot is as good as a sign of life: a stage has just written it, or its heartbeat is due.
    if (this.#snapshot === undefined) this.#heardAtMs = this.#deps.eventNowMs();
    this.#snapshot = stored;
    this.#epoch = Math.max(this.#epoch, stored.epoch);
    this.#deps.onSnapshot(stored, null);
  }
}

function isNewer(a: Cursor, b: Cursor): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);
}
