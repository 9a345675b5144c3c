/** The way out: each step has its time, and what does not end by itself is left behind. */
import type { Clock } from '../core/clock.ts';
import type { Log } from '../rooms/ports.ts';

export interface ShutdownStep {
  readonly name: string;
  readonly withinMs: number;
  run(): Promise<unknown>;
}

/** Runs the steps in order; one that fails or takes too long is logged, and the next one begins. Never rejects. */
export async function shutDown(steps: readonly ShutdownStep[], clock: Clock, log: Log): Promise<void> {
  for (const step of steps) {
    const outcome = await within(step, clock);
    if (outcome !== 'done') log.warn({ step: step.name, ...outcome }, 'a shutdown step did not finish');
  }
}

async function within(
  step: ShutdownStep,
  clock: Clock,
): Promise<'done' | { readonly err?: unknown; readonly withinMs?: number }> {
  const { withinMs } = step;
  const late = Promise.withResolvers<{ withinMs: number }>();
  const cancel = clock.after(withinMs, () => late.resolve({ withinMs }));
  const done = (async () => step.run())().then(
    () => 'done' as const,
    (err: unknown) => ({ err }),
  );
  const outcome = await Promise.race([done, late.promise]);
  cancel();
  return outcome;
}
