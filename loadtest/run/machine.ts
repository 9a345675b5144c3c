/** On what it ran. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { MachineFacts } from '../report/facts.ts';
import { descriptorLimit, kernelSettings } from '../sampling/proc-files.ts';

const GIB = 2 ** 30;
const PACKAGES = ['@colyseus/core', '@colyseus/schema', '@colyseus/sdk', '@colyseus/ws-transport', 'ws', 'hdr-histogram-js'];

/** `loadBefore`: as it was when the run began. */
export function machineFacts(loadBefore: number): MachineFacts {
  const all = cpus();
  return {
    cpus: all.length,
    cpuModel: all[0]?.model ?? 'unknown',
    memoryGiB: Math.round((10 * totalmem()) / GIB) / 10,
    kernel: `${type()} ${release()}`,
    node: process.version,
    versions: versions(),
    settings: kernelSettings(),
    descriptors: descriptorLimit(),
    loadBefore,
    loadAfter: loadNow(),
  };
}

/** The last minute's load average. */
export function loadNow(): number {
  return Math.round(100 * (loadavg()[0] ?? 0)) / 100;
}

function versions(): Record<string, string> {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
    readonly version: string;
    readonly packages: Readonly<Record<string, { readonly version: string }>>;
  };
  const found = PACKAGES.map((name) => [name, lock.packages[`node_modules/${name}`]?.version ?? 'unknown'] as const);
  return { 'front-row': lock.version, ...Object.fromEntries(found) };
}
