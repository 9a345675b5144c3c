/**
 * What a fan costs. Every number that a capacity is computed from stands here once, with where it comes from: change it when a
 * measurement does.
 */
import { BACKLOG, LISTENERS } from '../transport/entrance.ts';

export const COST = {
  /** Memory of the process for one fan: 8.8 to 9.0 KB with 20,000 in two processes (docs/performance.md), and some that it does not give back at once. */
  processBytesPerFan: 11 * 1_024,
  /** Kernel memory of one socket that nothing waits on: measured on the reference box (2 cores, 24 GiB, Linux 6). */
  kernelBytesPerSocket: 4 * 1_024,
  /** A process before the first fan: 150 MB of resident memory right after its start, its journal's threads included, and room to work. */
  processBytes: 256 * 1_048_576,
  /** Handing one frame to one fan, in µs of CPU: 7 to 8 with 20,000 in two processes on the reference box. */
  frameUs: 8,
  /** What `measureSpeed` says on that box, in µs: its few warm sockets are cheaper than a crowd's. */
  probeUs: 4,
  /** Admitting one fan, in ms of CPU: request, upgrade, join, first state, clock; 1.2 to 1.4 in a process that is warm and busy. */
  joinMs: 1.3,
  /** Of the CPU, for beats while nobody arrives (BT1). */
  beatShare: 0.4,
  /** A beat that fans are content with, in s. */
  beatMaxS: 2,
  /** A front's own sockets for a fan: one towards the fan, one towards the process (CL13). */
  frontSocketsPerFan: 2,
  /** nginx's workers never share evenly (CL13). */
  frontSlack: 1.5,
  /** Of a front's local ports towards one process, for sockets: the rest are its requests and those that have just ended. */
  localPortShare: 0.5,
  /** Connections that wait until a process accepts them, in so many rows (TK18). */
  backlog: BACKLOG,
  listeners: LISTENERS,
  /** All of a crowd is at the doors within this many seconds of a post by the band, at the worst. */
  arrivalS: 60,
  /** A process that is busy accepts nobody for so long, at the worst. */
  stallS: 1,
  /** Connections of one process to Redis: one for commands, one that listens. */
  redisConnections: 2,
  /** Connections of one process to PostgreSQL at most: events 3, journal 1, records 1. */
  databaseConnections: 5,
} as const;

/** The event, and this machine's part in it. */
export interface Expected {
  /** Of the whole event, at once. */
  readonly fans: number;
  /** Machines that share them evenly. */
  readonly machines: number;
  /** Processes on this machine. */
  readonly processes: number;
  /** Whether a front on this machine holds a fan's socket as well. */
  readonly frontHere: boolean;
}

/** Sockets on this machine for each of its fans: with a front here, its two besides the process's own. */
export const socketsPerFan = ({ frontHere }: Expected): number => (frontHere ? 1 + COST.frontSocketsPerFan : 1);

/** As the event counts them: what this machine bears, times the machines. */
export const eventFans = (fansHere: number, { machines }: Expected): number => fansHere * machines;
export const fansHere = ({ fans, machines }: Expected): number => Math.ceil(fans / machines);

const MB = 1_048_576;
export const inMb = (bytes: number): string => `${Math.round(bytes / MB).toLocaleString('en')} MB`;
export const whole = (n: number): string => Math.floor(n).toLocaleString('en');
