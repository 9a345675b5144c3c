/** How each process is, by its own word and by PM2's. */
import { join } from 'node:path';
import { ProcessStatus } from '../observability/process-status.ts';
import { processName } from './plan.ts';
import type { Pm2, Pm2Process } from './pm2.ts';
import type { ClusterRecord } from './record.ts';

/** A person waits; a process that is merely slow is none that is down. */
const ANSWER_WITHIN_MS = 5_000;

/** One line of `cluster:status`; the fields of its JSON are the contract's. */
export interface ProcessRow {
  readonly index: number;
  /** null: it does not run. */
  readonly pid: number | null;
  readonly port: number;
  /** Colyseus's name for it; null: it does not answer. */
  readonly processId: string | null;
  readonly ready: boolean;
  readonly stages: readonly string[];
  readonly sections: readonly { readonly roomId: string; readonly slug: string; readonly fans: number }[];
}

export interface Surveyed {
  readonly row: ProcessRow;
  /** `ready` and nothing else when all is well with it. */
  readonly state: string;
  readonly restarts: number;
}

export interface SurveyDeps {
  readonly pm2: Pm2;
  readonly adminToken: string | undefined;
}

export async function survey(record: ClusterRecord, { pm2, adminToken }: SurveyDeps): Promise<Surveyed[]> {
  const kept = new Map((await pm2.list()).map((one) => [one.name, one]));
  return Promise.all(
    Array.from({ length: record.processes }, async (_, index) => {
      const port = record.port + index;
      const one = kept.get(processName(index));
      const status = await statusAt(record.host, port, adminToken);
      // Somebody else's process on this port is not ours to report.
      return describeProcess(index, port, one, one === undefined || status?.pid === one.pid ? status : undefined);
    }),
  );
}

function describeProcess(index: number, port: number, kept: Pm2Process | undefined, status: ProcessStatus | undefined): Surveyed {
  const restarts = kept?.restarts ?? 0;
  const pid = kept?.pid || (kept === undefined ? status?.pid : undefined) || null;
  if (status === undefined) {
    const state = pid === null ? (kept?.status ?? 'gone') : 'does not answer';
    return { row: { index, pid, port, processId: null, ready: false, stages: [], sections: [] }, state, restarts };
  }
  const { processId, ready, reasons, stages, sections } = status;
  const words = [...(ready ? ['ready'] : reasons), ...(kept === undefined ? ['but PM2 does not keep it'] : [])];
  return { row: { index, pid, port, processId, ready, stages, sections }, state: words.join(', '), restarts };
}

/** What the process at this port says about itself; undefined when nobody answers in time. */
async function statusAt(host: string, port: number, adminToken: string | undefined): Promise<ProcessStatus | undefined> {
  try {
    const reply = await fetch(`http://${host}:${port}/status`, {
      headers: { connection: 'close', ...(adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` }) },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return ProcessStatus.parse(await reply.json());
  } catch {
    return undefined;
  }
}

export const logFileOf = (logDir: string, index: number): string => join(logDir, `${processName(index)}.log`);
