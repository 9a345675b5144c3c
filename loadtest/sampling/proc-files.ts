/** What Linux says about processes and the machine. Null where there is no /proc, or no such process any more. */
import { readFileSync } from 'node:fs';

/** Ticks a second of `utime` and `stime`: what Linux tells programs, whatever it runs on. */
const TICKS_PER_S = 100;
const PAGE_BYTES = 4_096;

/** CPU seconds that a process has used, from the text of /proc/PID/stat. Its name may hold anything, brackets too. */
export function cpuSecondsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/** CPU seconds of the whole machine. */
export interface MachineTime {
  /** Not idle; waiting for disks is no work. What was stolen is part of it. */
  readonly busyS: number;
  /** Wanted here, and given to other guests by the host of a virtual machine. */
  readonly stolenS: number;
}

/** From the text of /proc/stat. */
export function machineTimeIn(stat: string): MachineTime {
  const [user, nice, system, , , irq, softirq, steal] = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '').split(' ').map(Number);
  const ticks = [user, nice, system, irq, softirq, steal].reduce<number>((sum, each) => sum + (each ?? 0), 0);
  return { busyS: ticks / TICKS_PER_S, stolenS: (steal ?? 0) / TICKS_PER_S };
}

export function processFigures(pid: number): { readonly cpuS: number; readonly rssBytes: number } | null {
  const stat = read(`/proc/${pid}/stat`);
  const statm = read(`/proc/${pid}/statm`);
  if (stat === null || statm === null) return null;
  return { cpuS: cpuSecondsIn(stat), rssBytes: Number(statm.split(' ')[1]) * PAGE_BYTES };
}

export function machineTime(): MachineTime | null {
  const stat = read('/proc/stat');
  return stat === null ? null : machineTimeIn(stat);
}

/** Those settings of the kernel that bound a crowd; what cannot be read is left out. */
export function kernelSettings(): Readonly<Record<string, string>> {
  const names = [
    'fs/file-max',
    'fs/nr_open',
    'net/core/somaxconn',
    'net/ipv4/ip_local_port_range',
    'net/ipv4/tcp_max_syn_backlog',
    'net/ipv4/tcp_mem',
    'net/ipv4/tcp_rmem',
    'net/ipv4/tcp_wmem',
    'net/ipv4/tcp_tw_reuse',
  ];
  const found = names.map(
    (name) => [name.replaceAll('/', '.'), read(`/proc/sys/${name}`)?.trim().replaceAll(/\s+/g, ' ')] as const,
  );
  return Object.fromEntries(found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/** The soft limit on open files of a process started from here. */
export function descriptorLimit(): string {
  return /^Max open files\s+(\S+)/m.exec(read('/proc/self/limits') ?? '')?.[1] ?? 'unknown';
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
