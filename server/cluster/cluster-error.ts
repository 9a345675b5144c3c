/** A reason that is written for the person at the terminal: no stack belongs to it. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}
