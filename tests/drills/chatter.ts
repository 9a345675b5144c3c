/** Fans who keep chatting, and a ledger of every line: when it was said, what the answer was, and who saw it when. */
import type { PageFan } from './page-fan.ts';

/** Just slower than the pace that fans are held to. */
const EVERY_MS = 2_200;

export interface SaidLine {
  readonly by: PageFan;
  readonly text: string;
  /** The section that its author sat in. */
  readonly roomId: string;
  readonly saidAtMs: number;
  /** The fate that was acknowledged, or the code of the refusal; null while nothing was answered. */
  readonly answer: string | null;
  readonly isAcknowledged: boolean;
  /** From saying it to the answer. */
  readonly tookMs: number | null;
}

export interface Chatter {
  readonly said: readonly SaidLine[];
  /** Says no more; resolves when all that was said is answered. */
  stop(): Promise<void>;
}

/** Moments are `performance.now()`. Every line has a text of its own. */
export function startChatter(fans: readonly PageFan[], random: () => number): Chatter {
  const said: SaidLine[] = [];
  const stopping = new AbortController();
  const { signal } = stopping;

  async function chat(by: PageFan): Promise<void> {
    await pause(random() * EVERY_MS, signal);
    while (!signal.aborted) {
      const text = `${random().toString(36).slice(2)} says ${by.name}`;
      const line = {
        by,
        text,
        roomId: by.roomId,
        saidAtMs: performance.now(),
        answer: null,
        isAcknowledged: false,
        tookMs: null,
      };
      const place = said.push(line) - 1;
      const { fate, code } = await by.say(text);
      said[place] = { ...line, answer: fate ?? code, isAcknowledged: fate !== null, tookMs: performance.now() - line.saidAtMs };
      await pause(EVERY_MS, signal);
    }
  }

  const chatting = Promise.all(fans.map(chat));
  return {
    said,
    async stop() {
      stopping.abort();
      await chatting;
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
