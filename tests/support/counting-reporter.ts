/**
 * Mocha's spec reporter, which also writes {@link Counts} to the file named by `--reporter-option counts=FILE`
 * and says at once why a test failed. Whatever a test leaves open would keep the run from ending: that is one more failure, and its end.
 */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Longer than a WebSocket waits for a goodbye from a machine that is gone. */
const ENDS_WITHIN_MS = 60_000;

/** What a run came to: `remarks` say which test failed, or needed a second try, and why. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly remarks: readonly string[];
}

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const { counts } = options.reporterOptions as { counts: string };
    const remarks: string[] = [];
    const write = (tally: Counts) => writeFileSync(counts, JSON.stringify(tally));
    runner.on('retry', (test, error) => {
      remarks.push(`needed a second try: ${test.fullTitle()}: ${error.message}`);
      console.log(`a second try for: ${test.fullTitle()}\n${error.stack ?? error.message}`);
    });
    runner.on('fail', (test, error: Error) => {
      remarks.push(`FAILED: ${test.fullTitle()}\n${error.stack ?? error.message}`);
      console.log(error.stack ?? error.message);
    });
    runner.once('end', () => {
      const { passes: passed, failures: failed } = this.stats;
      write({ passed, failed, remarks });
      const giveUp = () => {
        const why = `FAILED: the run does not end: ${process.getActiveResourcesInfo().join(', ')}`;
        write({ passed, failed: failed + 1, remarks: [...remarks, why] });
        process.exit(1);
      };
      setTimeout(giveUp, ENDS_WITHIN_MS).unref();
    });
  }
}
