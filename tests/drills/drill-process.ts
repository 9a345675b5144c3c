/** One process of a drill: it keeps its port through deaths and starts, and can be killed, frozen, drained and started again. */
import { ProcessStatus } from '../../server/observability/process-status.ts';
import type { PartyProcess } from '../support/open-party.ts';
import { startParty } from '../support/party-process.ts';

const ANSWER_WITHIN_MS = 1_000;

export interface DrillProcess {
  readonly index: number;
  readonly origin: string;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  readonly state: 'running' | 'frozen' | 'ended';
  /** What it says of itself; undefined when it says nothing in time. */
  status(): Promise<ProcessStatus | undefined>;
  /** `kill -9`; resolves once it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: its sockets stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** SIGTERM: it drains. Resolves with its exit code. */
  drain(): Promise<number | null>;
  /** Starts it again, on its own port; resolves when it takes fans. */
  start(): Promise<void>;
}

export interface StartedProcess extends DrillProcess {
  /** The invitation that the last start printed. */
  readonly invite: string;
  readonly slug: string;
}

export interface DrillProcessOptions {
  readonly index: number;
  readonly port: number;
  readonly media: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function startDrillProcess({ index, port, media, dataDir, env }: DrillProcessOptions): Promise<StartedProcess> {
  const origin = `http://127.0.0.1:${port}`;
  const begin = () => startParty({ media, dataDir, env: { ...env, PORT: String(port) } });
  let party: PartyProcess = await begin();
  let state: DrillProcess['state'] = 'running';
  const end = async (signal: NodeJS.Signals) => {
    if (state === 'ended') return null;
    state = 'ended';
    return party.stop(signal);
  };
  return {
    index,
    origin,
    get pid() {
      return party.pid;
    },
    get state() {
      return state;
    },
    get invite() {
      return party.invite;
    },
    get slug() {
      return party.slug;
    },
    async status() {
      if (state === 'ended') return undefined;
      try {
        const reply = await fetch(`${origin}/status`, {
          headers: { connection: 'close' },
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        });
        return ProcessStatus.parse(await reply.json());
      } catch {
        return undefined;
      }
    },
    async kill() {
      await end('SIGKILL');
    },
    freeze() {
      process.kill(party.pid, 'SIGSTOP');
      state = 'frozen';
    },
    thaw() {
      process.kill(party.pid, 'SIGCONT');
      state = 'running';
    },
    drain: () => end('SIGTERM'),
    async start() {
      party = await begin();
      state = 'running';
    },
  };
}
