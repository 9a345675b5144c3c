/** A server that a cluster starts for itself: where it may live, and how it is run. */

/** Where a service lives and how it is reached. */
export interface Place {
  readonly dir: string;
  readonly port: number;
  readonly password: string;
  readonly logFile: string;
}

export interface LocalService {
  readonly url: string;
  /** As PM2 is told of it. */
  readonly app: { readonly name: string; readonly out_file: string } & Readonly<Record<string, unknown>>;
  readonly answers: () => Promise<boolean>;
}
