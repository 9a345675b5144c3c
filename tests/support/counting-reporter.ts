/**
 * Mocha's spec reporter, which also writes {@link Counts} to the file named by `--reporter-option counts=FILE`
 * and says at once why a test failed. Whatever tests leave open would keep the run from ending: where none of them failed, that is one
 * more failure, and in any case the run's end.
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import Mocha from 'mocha';

/** Longer than a WebSocket waits for a goodbye from a machine that is gone. */
const ENDS_WITHIN_MS = 60_000;

/** What a run came to. */
export interface Counts {
  /** By test file, as its path from where the run was started. */
  readonly files: Readonly<Record<string, FileCounts>>;
  /** What failed, or needed another try, and why. */
  readonly remarks: readonly string[];
}

export interface FileCounts {
  readonly passed: number;
  readonly failed: number;
  /** Of the failed, those that forbid a second try. */
  readonly final: number;
}

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const { counts } = options.reporterOptions as { counts: string };
    const files: Record<string, { -readonly [Outcome in keyof FileCounts]: number }> = {};
    const remarks: string[] = [];
    let isTornTry = false;
    const write = () => writeFileSync(counts, JSON.stringify({ files, remarks } satisfies Counts));
    const count = (file: string | undefined, outcome: keyof FileCounts) => {
      const name = file === undefined ? NO_FILE : relative('', file);
      const tally = (files[name] ??= { passed: 0, failed: 0, final: 0 });
      tally[outcome] += 1;
    };
    runner.on('pass', (test) => count(test.file, 'passed'));
    runner.on('retry', (test, error) => {
      isTornTry = true;
      remarks.push(`needed a second try: ${test.fullTitle()}: ${error.message}`);
      console.log(`a second try for: ${test.fullTitle()}\n${error.stack ?? error.message}`);
    });
    runner.on('fail', (test, error: Error) => {
      isTornTry = true;
      count(test.file, 'failed');
      if (test.type === 'test' && test.retries() < (options.retries ?? 0)) count(test.file, 'final');
      remarks.push(`FAILED: ${test.fullTitle()}\n${error.stack ?? error.message}`);
      console.log(error.stack ?? error.message);
    });
    runner.once('end', () => {
      write();
      const giveUp = () => {
        const open = process.getActiveResourcesInfo().join(', ');
        // A try that failed half-way may leave its things behind; what passes may not.
        if (isTornTry) remarks.push(`a try that failed left open: ${open}`);
        else {
          count(undefined, 'failed');
          remarks.push(`FAILED: the run does not end: ${open}`);
        }
        write();
        process.exit(1);
      };
      setTimeout(giveUp, ENDS_WITHIN_MS).unref();
    });
  }
}

/** Where a failure is counted that no file can be blamed for. */
export const NO_FILE = 'the whole run';
