/**
 * Parts of the Colyseus SDK that these pages never use and a bundler cannot prove unused: WebTransport, sign-in windows, the
 * matchmaker's HTTP client, and client inputs. Each is replaced while bundling by the least that `Client` and `Room` touch
 * when a seat is consumed; whatever would need the rest says so at once.
 */

function leftOut(what: string): never {
  throw new Error(`${what} is left out of this page`);
}

/** Called with `new`, as the class that it stands for. */
export function H3TransportTransport(): never {
  return leftOut('WebTransport');
}

interface HttpOptions {
  readonly headers: Readonly<Record<string, string>>;
}

/** Holds the headers and the token that `consumeSeatReservation` reads. */
export class HTTP {
  authToken: string | undefined;
  readonly options: HttpOptions;

  constructor(_client: unknown, options: HttpOptions) {
    this.options = options;
  }

  post(): never {
    return leftOut('the matchmaker');
  }
}

export class Auth {
  readonly #http: HTTP;

  constructor(http: HTTP) {
    this.#http = http;
  }

  get token(): string | undefined {
    return this.#http.authToken;
  }

  set token(token: string | undefined) {
    this.#http.authToken = token;
  }
}

/** Called with `new`, as the class that it stands for. */
export function RoomInput(): never {
  return leftOut('client input');
}
