/** The last lines that passed through this process, so that staff can point to one. */
import type { UpLine } from '../../schemas/chat.ts';
import type { LineId } from '../../schemas/ids.ts';

const REMEMBERED_MAX = 2_000;

export class RememberedLines {
  readonly #lines = new Map<LineId, UpLine>();

  add(line: UpLine): void {
    this.#lines.set(line.id, line);
    if (this.#lines.size <= REMEMBERED_MAX) return;
    const [oldest] = this.#lines.keys();
    if (oldest !== undefined) this.#lines.delete(oldest);
  }

  get(id: LineId): UpLine | undefined {
    return this.#lines.get(id);
  }

  /** The newest line of an author, which says their name and network. */
  lastBy(authorId: string): UpLine | undefined {
    let found: UpLine | undefined;
    for (const line of this.#lines.values()) if (line.fanId === authorId) found = line;
    return found;
  }
}
