/** Looks at every process of the house every so often: its own word by /status and /metrics, the kernel's by /proc. */
import type { Clock } from '../../core/clock.ts';
import { type MachineTime, machineTime, processFigures } from './proc-files.ts';
import { figureIn } from './prometheus-text.ts';

export interface ProcessSample {
  readonly atMs: number;
  /** Which of the origins. */
  readonly index: number;
  /** Null, as all else, while it did not answer. */
  readonly pid: number | null;
  /** Since the process began. */
  readonly cpuS: number | null;
  readonly rssBytes: number | null;
  /** How late its event loop ran since it was last asked. */
  readonly loopP99Ms: number | null;
  readonly loopMaxMs: number | null;
  /** In the sections of the event. */
  readonly fans: number | null;
  readonly sections: number | null;
  readonly hasStage: boolean;
  /** Since the process began. */
  readonly framesSent: number | null;
  readonly bytesSent: number | null;
  readonly joins: number | null;
}

export interface Watched {
  readonly origins: readonly string[];
  readonly slug: string;
  /** Null: /metrics and /status are open to us. */
  readonly adminToken: string | null;
  /** Whether its processes are this machine's, so that /proc has them. */
  readonly isLocal: boolean;
}

export interface Sampler extends Disposable {
  readonly samples: readonly ProcessSample[];
  /** Busy CPU seconds of the whole machine, by moment. */
  readonly machine: readonly MachineTime[];
  /** One round now, kept with the others. */
  look(): Promise<readonly ProcessSample[]>;
}

const ANSWER_WITHIN_MS = 900;
/** A round that counts waits for a process that is busy. */
const PATIENT_MS = 5_000;

interface StatusReply {
  readonly pid: number;
  readonly stages: readonly string[];
  readonly sections: readonly { readonly slug: string; readonly fans: number }[];
}

export function startSampler(clock: Clock, watched: Watched, everyMs = 1_000): Sampler {
  const samples: ProcessSample[] = [];
  const machine: MachineTime[] = [];
  const look = async (withinMs: number) => {
    const round = await Promise.all(watched.origins.map((_, index) => sample(clock, watched, index, withinMs)));
    samples.push(...round);
    const time = machineTime();
    if (time !== null) machine.push(time);
    return round;
  };
  let isLooking = false;
  const stop = clock.every(everyMs, () => {
    if (isLooking) return;
    isLooking = true;
    const done = () => {
      isLooking = false;
    };
    // Whoever does not answer has a sample that says so.
    look(ANSWER_WITHIN_MS)
      .catch(() => {})
      .finally(done);
  });
  return { samples, machine, look: () => look(PATIENT_MS), [Symbol.dispose]: stop };
}

async function sample(clock: Clock, watched: Watched, index: number, withinMs: number): Promise<ProcessSample> {
  const [statusText, metrics] = await Promise.all([
    ask(watched, index, '/status', withinMs),
    ask(watched, index, '/metrics', withinMs),
  ]);
  const status = statusText === null ? null : (JSON.parse(statusText) as StatusReply);
  const here = status?.sections.filter(({ slug }) => slug === watched.slug);
  const kernel = watched.isLocal && status ? processFigures(status.pid) : null;
  const figure = (name: string, labels?: Record<string, string>) => (metrics === null ? null : figureIn(metrics, name, labels));
  const inMs = (seconds: number | null) => (seconds === null ? null : seconds * 1_000);
  return {
    atMs: clock.nowMs(),
    index,
    pid: status?.pid ?? null,
    cpuS: kernel?.cpuS ?? figure('process_cpu_seconds_total'),
    rssBytes: kernel?.rssBytes ?? figure('process_resident_memory_bytes'),
    loopP99Ms: inMs(figure('nodejs_eventloop_lag_p99_seconds')),
    loopMaxMs: inMs(figure('nodejs_eventloop_lag_max_seconds')),
    fans: here?.reduce((sum, { fans }) => sum + fans, 0) ?? null,
    sections: here?.length ?? null,
    hasStage: status?.stages.includes(watched.slug) ?? false,
    framesSent: figure('front_row_sent_frames_total'),
    bytesSent: figure('front_row_sent_bytes_total'),
    joins: figure('front_row_joins_total', { room: 'section', result: 'joined' }),
  };
}

async function ask({ origins, adminToken }: Watched, index: number, path: string, withinMs: number): Promise<string | null> {
  try {
    const reply = await fetch(`${origins[index]}${path}`, {
      headers: adminToken === null ? {} : { authorization: `Bearer ${adminToken}` },
      signal: AbortSignal.timeout(withinMs),
    });
    const text = await reply.text();
    return reply.ok ? text : null;
  } catch {
    return null;
  }
}
