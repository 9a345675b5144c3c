/** What Linux says of this machine and of what a process on it may have. */
import { readFile } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';

/** null: this system does not say. */
export interface MachineFacts {
  readonly cores: number;
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number };
  /** Of a process: what it has, and what it could be given without root. */
  readonly descriptors: { readonly soft: number; readonly hard: number } | null;
  /** Of the whole system. */
  readonly descriptorsOfSystem: number | null;
  readonly somaxconn: number | null;
  readonly synBacklog: number | null;
  readonly localPorts: { readonly from: number; readonly to: number } | null;
  /** Where TCP as a whole begins to refuse memory. */
  readonly tcpMemoryBytes: number | null;
  /** Connections that the firewall can remember; null also when it remembers none. */
  readonly trackedConnections: number | null;
}

const PAGE_BYTES = 4_096;

/** `root`: where the system's own folders are. */
export async function readMachine(root = '/'): Promise<MachineFacts> {
  const text = (path: string) => readFile(join(root, path), 'utf8').catch(() => '');
  const numbers = async (path: string) => ((await text(path)).match(/\d+/g) ?? []).map(Number);
  const first = async (path: string) => (await numbers(path))[0] ?? null;
  const [from, to] = await numbers('proc/sys/net/ipv4/ip_local_port_range');
  const [, , tcpPages] = await numbers('proc/sys/net/ipv4/tcp_mem');
  return {
    cores: availableParallelism(),
    memory: memoryOf(await text('proc/meminfo'), await cgroupOf(first)),
    descriptors: descriptorsOf(await text('proc/self/limits')),
    descriptorsOfSystem: await first('proc/sys/fs/file-max'),
    somaxconn: await first('proc/sys/net/core/somaxconn'),
    synBacklog: await first('proc/sys/net/ipv4/tcp_max_syn_backlog'),
    localPorts: from === undefined || to === undefined ? null : { from, to },
    tcpMemoryBytes: tcpPages === undefined ? null : tcpPages * PAGE_BYTES,
    trackedConnections: await first('proc/sys/net/netfilter/nf_conntrack_max'),
  };
}

/** A container's own limit and use, of either generation; "max" is none. */
async function cgroupOf(first: (path: string) => Promise<number | null>) {
  const limit = (await first('sys/fs/cgroup/memory.max')) ?? (await first('sys/fs/cgroup/memory/memory.limit_in_bytes'));
  const used = (await first('sys/fs/cgroup/memory.current')) ?? (await first('sys/fs/cgroup/memory/memory.usage_in_bytes'));
  return limit === null ? undefined : { limit, used: used ?? 0 };
}

function memoryOf(
  meminfo: string,
  cgroup: { readonly limit: number; readonly used: number } | undefined,
): MachineFacts['memory'] {
  const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? Number.NaN) * 1_024;
  const totalBytes = kb('MemTotal') || totalmem();
  const availableBytes = kb('MemAvailable') || freemem();
  if (cgroup === undefined) return { totalBytes, availableBytes };
  return {
    totalBytes: Math.min(totalBytes, cgroup.limit),
    availableBytes: Math.min(availableBytes, Math.max(0, cgroup.limit - cgroup.used)),
  };
}

function descriptorsOf(limits: string): MachineFacts['descriptors'] {
  const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits) ?? [];
  if (soft === undefined || hard === undefined) return null;
  const number = (word: string) => (word === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(word));
  return { soft: number(soft), hard: number(hard) };
}
