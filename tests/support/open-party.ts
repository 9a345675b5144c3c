/** A house that is open, however it was opened. */
export interface PartyOptions {
  /** A folder of music; without it the event is the demo. */
  readonly media?: string;
  /** A folder that outlives the process, for one that is started again. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface PartyProcess extends AsyncDisposable {
  readonly origin: string;
  readonly slug: string;
  readonly fanUrl: string;
  readonly hostUrl: string;
  /** What the host URL carries in its fragment. */
  readonly invite: string;
  readonly pid: number;
  /** Ends it with this signal, SIGTERM unless said otherwise; resolves with its exit code, null after a kill. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}
