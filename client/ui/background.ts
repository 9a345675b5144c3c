/** Tasks that nobody waits for. */

/** Lets `task` run; what can go wrong in it shows where it happens, so whatever still rejects is a bug, and is reported as one. */
export function background(task: Promise<unknown>): void {
  task.catch((error: unknown) => globalThis.reportError(error));
}
