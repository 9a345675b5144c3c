/**
 * Finds sockets whose other end is gone, without ever touching all sockets at once: each has its own turn within the
 * period, and whoever was heard since the last one needs no ping. Nor, for a while, does a socket that something was written to: it keeps
 * proxies awake, and a page whose clock is known rests. Pages notice a dead line themselves by their clock pings; this
 * frees what nobody will close, sockets that were said goodbye to among them.
 */
import type { Clock } from '../../core/clock.ts';

export const HEARTBEAT_PERIOD_MS = 25_000;
const TURNS = 250;
/** A socket that leaves this many pings unanswered is gone. */
const UNANSWERED_MAX = 2;
/** Turns for which a socket that is written to may say nothing: longer than a page's clock rests, so that its own ping comes first. */
const SPARED_TURNS = 12;

/** What the heartbeat needs of a socket, which notes what it hears: a closure for each would cost every socket memory. */
export interface Pulse {
  /** The heartbeat's own: which turn it has. */
  turn: number;
  /** Turns since it was last heard, this one not counted; a pong begins at 1. */
  unheardTurns: number;
  /** Something was written to it since its last turn. */
  wasTold: boolean;
  unanswered: number;
  ping(): void;
  terminate(): void;
}

export interface Heartbeat {
  watch(socket: Pulse): void;
  forget(socket: Pulse): void;
  stop(): void;
}

export function startHeartbeat(clock: Clock): Heartbeat {
  const turns = Array.from({ length: TURNS }, () => new Set<Pulse>());
  let newest = 0;
  let current = 0;
  const stop = clock.every(HEARTBEAT_PERIOD_MS / TURNS, () => {
    current = (current + 1) % TURNS;
    for (const socket of turns[current] ?? []) {
      if (socket.unanswered >= UNANSWERED_MAX) socket.terminate();
      else if (isSpared(socket)) socket.unheardTurns++;
      else {
        socket.unanswered++;
        socket.ping();
      }
      socket.wasTold = false;
    }
  });
  return {
    watch(socket) {
      newest = (newest + 1) % TURNS;
      socket.turn = newest;
      turns[newest]?.add(socket);
    },
    forget: (socket) => void turns[socket.turn]?.delete(socket),
    stop,
  };
}

function isSpared({ unheardTurns, wasTold, unanswered }: Pulse): boolean {
  return unheardTurns === 0 || (wasTold && unanswered === 0 && unheardTurns <= SPARED_TURNS);
}
