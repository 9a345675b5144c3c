/** Questions to all processes: what they answer within half a second. */
import type { FoundFans, FoundLine } from '../../schemas/bus-messages.ts';
import type { UpLine } from '../../schemas/chat.ts';
import type { EventId, LineId } from '../../schemas/ids.ts';
import { FIND_MAX_FANS } from '../../schemas/limits.ts';
import { PORT_DEADLINE_MS } from '../deadline.ts';
import { inBackground } from '../in-background.ts';
import type { VenueDeps } from '../venue.ts';

type Fans = FoundFans['fans'];

const ASK_AGAIN_MS = 150;

interface Asked {
  hear(answer: FoundFans | FoundLine): void;
}

export interface BusAsksDeps extends Pick<VenueDeps, 'bus' | 'clock' | 'newId' | 'log'> {
  readonly eventId: EventId;
  /** Processes that have something of this event. */
  readonly processes: () => number;
}

export class BusAsks {
  readonly #deps: BusAsksDeps;
  readonly #asked = new Map<string, Asked>();

  constructor(deps: BusAsksDeps) {
    this.#deps = deps;
  }

  hear(answer: FoundFans | FoundLine): void {
    this.#asked.get(answer.requestId)?.hear(answer);
  }

  /** Fans whose name contains `name`, or whose id it is. Done as soon as every process has answered, or `enough` says so. */
  fans(name: string, enough: (fans: Fans) => boolean = () => false): Promise<Fans> {
    const found: Fans = [];
    const processes = new Set<string>();
    return this.#ask<Fans>(
      (requestId) => this.#deps.bus.publishDown(this.#deps.eventId, { kind: 'find-fans', requestId, name }),
      () => found.slice(0, FIND_MAX_FANS),
      (answer, done) => {
        if (answer.kind !== 'found-fans' || processes.has(answer.processId)) return;
        processes.add(answer.processId);
        found.push(...answer.fans);
        if (processes.size >= this.#deps.processes() || enough(found)) done();
      },
    );
  }

  /** The line, if any process remembers it. */
  line(lineId: LineId): Promise<UpLine | undefined> {
    let line: UpLine | undefined;
    return this.#ask<UpLine | undefined>(
      (requestId) => this.#deps.bus.publishDown(this.#deps.eventId, { kind: 'find-line', requestId, lineId }),
      () => line,
      (answer, done) => {
        if (answer.kind !== 'found-line') return;
        line = answer.line;
        done();
      },
    );
  }

  #ask<T>(
    ask: (requestId: string) => Promise<void>,
    result: () => T,
    hear: (answer: FoundFans | FoundLine, done: () => void) => void,
  ): Promise<T> {
    const requestId = this.#deps.newId(16);
    return new Promise((resolve) => {
      const publish = () => inBackground(ask(requestId), this.#deps.log, 'a question was not published');
      const done = () => {
        cancel();
        stopAsking();
        this.#asked.delete(requestId);
        resolve(result());
      };
      const cancel = this.#deps.clock.after(PORT_DEADLINE_MS, done);
      // The bus may lose the question, or an answer to it.
      const stopAsking = this.#deps.clock.every(ASK_AGAIN_MS, publish);
      this.#asked.set(requestId, { hear: (answer) => hear(answer, done) });
      publish();
    });
  }
}
