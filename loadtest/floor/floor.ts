/** The floor: what one frame costs a process that sends it over a bare socket, on this machine and at this time. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { FloorMessage } from './messages.ts';

const SOCKETS_MIN = 500;
/** Beyond, Linux takes milliseconds to find a port for the next one. */
const SOCKETS_MAX = 10_000;

/** µs of the sender's CPU per frame, with so many sockets (500 to 10,000): those of one process of the house. Takes about two seconds. */
export async function measureFloor(sockets: number): Promise<number> {
  const receiver = fork(join(import.meta.dirname, 'receiver-process.ts'));
  try {
    const listening = await messageFrom(receiver);
    if (listening.kind !== 'listening') throw new Error('the receiver of the floor spoke out of turn');
    const sender = fork(join(import.meta.dirname, 'sender-process.ts'), [
      String(listening.port),
      String(Math.min(SOCKETS_MAX, Math.max(SOCKETS_MIN, sockets))),
    ]);
    try {
      const measured = await messageFrom(sender);
      if (measured.kind !== 'measured') throw new Error('the sender of the floor spoke out of turn');
      return measured.usPerFrame;
    } finally {
      await endOf(sender);
    }
  } finally {
    await endOf(receiver);
  }
}

function messageFrom(child: ChildProcess): Promise<FloorMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<FloorMessage>();
  child.once('message', (message) => resolve(message as FloorMessage));
  child.once('exit', (code) => reject(new Error(`a process of the floor ended with ${code}`)));
  return promise;
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.disconnect();
  await ended;
}
