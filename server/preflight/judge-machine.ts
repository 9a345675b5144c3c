/** How many fans this machine bears, by what the system says of it. */
import { roomLeft } from '../../rooms/seats/room-left.ts';
import { COST, type Expected, eventFans, fansHere, inMb, socketsPerFan, whole } from './capacity.ts';
import { breaks, type Finding, fine, unknown } from './finding.ts';
import type { MachineFacts } from './machine-facts.ts';

/** Files, databases, the listening socket; as the process itself counts them. */
const OTHER_DESCRIPTORS = 50;
/** A full set of sockets at the rate that people come needs half as many again while some come back. */
const SPARE = 1.5;

export function judgeMachine(facts: MachineFacts, expected: Expected): Finding[] {
  return [
    ...descriptors(facts, expected),
    descriptorsOfSystem(facts, expected),
    backlog(facts, expected),
    ...(expected.frontHere ? [localPorts(facts, expected)] : []),
    tcpMemory(facts, expected),
    memory(facts, expected),
    ...trackedConnections(facts, expected),
  ];
}

const notLinux = (check: string) => unknown(check, 'this system does not say', 'Look it up: it is set elsewhere than on Linux.');

function descriptors({ descriptors }: MachineFacts, expected: Expected): Finding[] {
  if (descriptors === null) return [notLinux('descriptors')];
  const { processes } = expected;
  const { soft, hard } = descriptors;
  const perProcess = roomLeft({ descriptors: OTHER_DESCRIPTORS, descriptorsMax: soft });
  const wanted = wantedDescriptors(fansHere(expected) / Math.max(1, processes - 1));
  const raise = `Give every process ${whole(wanted)}: ulimit -n ${wanted} before the start, or LimitNOFILE=${wanted} in its unit${
    wanted > hard
      ? `; the hard limit of ${whole(hard)} must be raised first, by root (/etc/security/limits.conf, or the unit)`
      : ''
  }. Node cannot raise it by itself.`;
  const perHead = `${whole(soft)} descriptors for each process, less what it keeps for itself, are ${whole(perProcess)} fans`;
  const all = breaks(
    'descriptors',
    eventFans(processes * perProcess, expected),
    `${perHead}, times ${processes}`,
    `${raise} Or start more processes (PROCESSES).`,
  );
  if (processes === 1 && expected.machines === 1) return [all];
  const left = breaks(
    'one process lost',
    eventFans(processes * perProcess, expected) - perProcess,
    `${perHead}; when one process dies its fans must fit into the others`,
    `${raise} Or start one process more (PROCESSES).`,
  );
  return [all, left];
}

/** The round number above what so many fans need. */
function wantedDescriptors(fansOfProcess: number): number {
  return Math.max(4_096, Math.ceil(((fansOfProcess / 0.9) * 1.1 + OTHER_DESCRIPTORS) / 1_000) * 1_000);
}

function descriptorsOfSystem({ descriptorsOfSystem: max }: MachineFacts, expected: Expected): Finding {
  if (max === null) return notLinux('fs.file-max');
  const perFan = socketsPerFan(expected);
  const wanted = Math.ceil(fansHere(expected) * perFan * SPARE + 100_000);
  return breaks(
    'fs.file-max',
    eventFans((max - 100_000) / (perFan * SPARE), expected),
    `${whole(max)} descriptors for the whole machine, ${perFan} per fan`,
    `sysctl -w fs.file-max=${wanted}, and the same in /etc/sysctl.d/.`,
  );
}

function backlog({ somaxconn, synBacklog }: MachineFacts, expected: Expected): Finding {
  if (somaxconn === null) return notLinux('listen backlog');
  const row = COST.backlog / COST.listeners;
  const longest = Math.min(somaxconn, synBacklog ?? somaxconn);
  const ask = `we ask for ${row} in each of ${COST.listeners} rows; whoever finds a row full asks again a second later`;
  if (longest >= row) return fine('listen backlog', `${whole(longest)} connections may wait (${ask})`);
  const name = longest < somaxconn ? 'tcp_max_syn_backlog' : 'somaxconn';
  return breaks(
    'listen backlog',
    eventFans((longest * COST.listeners * expected.processes * COST.arrivalS) / COST.stallS, expected),
    `${whole(longest)} connections may wait (${name}; ${ask}). All fans within ${COST.arrivalS} s and a stall of ${COST.stallS} s fill that`,
    'sysctl -w net.core.somaxconn=4096 net.ipv4.tcp_max_syn_backlog=4096, and the same in /etc/sysctl.d/; start the processes afterwards.',
  );
}

function localPorts({ localPorts }: MachineFacts, expected: Expected): Finding {
  if (localPorts === null) return notLinux('local ports');
  const count = localPorts.to - localPorts.from + 1;
  return breaks(
    'local ports',
    eventFans(Math.floor(count * COST.localPortShare) * expected.processes, expected),
    `${whole(count)} local ports from the front to each process, half of them for sockets, times ${expected.processes}`,
    'sysctl -w net.ipv4.ip_local_port_range="10240 65535" with PORT below 10240, or start more processes (PROCESSES).',
  );
}

function tcpMemory({ tcpMemoryBytes }: MachineFacts, expected: Expected): Finding {
  if (tcpMemoryBytes === null) return notLinux('tcp_mem');
  const perFan = COST.kernelBytesPerSocket * socketsPerFan(expected);
  const pages = Math.ceil((fansHere(expected) * perFan * SPARE) / 4_096);
  return breaks(
    'tcp_mem',
    eventFans(tcpMemoryBytes / (perFan * SPARE), expected),
    `the kernel gives TCP ${inMb(tcpMemoryBytes)}; a fan's sockets take ${perFan / 1_024} KB, and half as much again when some lag`,
    `sysctl -w net.ipv4.tcp_mem="${Math.ceil(pages / 2)} ${Math.ceil(pages * 0.75)} ${pages}", and the same in /etc/sysctl.d/.`,
  );
}

function memory({ memory: { availableBytes, totalBytes } }: MachineFacts, expected: Expected): Finding {
  const perFan = COST.processBytesPerFan + COST.kernelBytesPerSocket * socketsPerFan(expected);
  const forFans = availableBytes - expected.processes * COST.processBytes;
  const missing = fansHere(expected) * perFan - forFans;
  return breaks(
    'memory',
    eventFans(Math.max(0, forFans) / perFan, expected),
    `${inMb(availableBytes)} of ${inMb(totalBytes)} are free; ${expected.processes} processes take ${inMb(COST.processBytes)} each and a fan ${(perFan / 1_024).toFixed(1)} KB, the kernel's part included`,
    missing > 0 ? `Free or add ${inMb(missing)}, or add a machine.` : 'Add memory or a machine.',
  );
}

function trackedConnections({ trackedConnections: max }: MachineFacts, expected: Expected): Finding[] {
  if (max === null) return [];
  const perFan = expected.frontHere ? COST.frontSocketsPerFan : 1;
  const wanted = Math.ceil(fansHere(expected) * perFan * 2);
  return [
    breaks(
      'nf_conntrack_max',
      eventFans(max / (perFan * SPARE), expected),
      `the firewall remembers ${whole(max)} connections and drops what is beyond, ${perFan} per fan and some that have just ended`,
      `sysctl -w net.netfilter.nf_conntrack_max=${wanted}, and the same in /etc/sysctl.d/.`,
    ),
  ];
}
