/** What the cluster's commands are given. */
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../rooms/ports.ts';
import type { Pm2 } from './pm2.ts';

export interface ClusterDeps {
  readonly clock: Clock;
  readonly newId: (length: number) => string;
  /** Of what the libraries have to say; people are told by `say`. */
  readonly log: Log;
  readonly pm2: Pm2;
  /** The project's folder. */
  readonly root: string;
  /** One line of progress for the person at the terminal. */
  readonly say: (line: string) => void;
  /** Aborted, with a ClusterError, when that person has had enough. */
  readonly interrupted: AbortSignal;
}
