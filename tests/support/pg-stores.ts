/** For suites about the PostgreSQL event store: one server per suite, a fresh database per test, everything closed again. */
import { after, afterEach, before, beforeEach } from 'mocha';
import { Client } from 'pg';
import { systemClock } from '../../core/clock.ts';
import type { PartyEvent } from '../../rooms/ports.ts';
import { Slug } from '../../schemas/ids.ts';
import { type OpenPgEventStore, openPgEventStore } from '../../server/store/pg-event-store.ts';
import { eventId, labelId } from '../contract/samples.ts';
import { silentLog } from '../contract/silent-log.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

type Options = Partial<Parameters<typeof openPgEventStore>[0]>;

/** Time enough for a busy machine; a test about the product's own deadlines opens with `{}`. */
const PATIENT: Options = { statementMs: 10_000, deadlineMs: 20_000 };

export interface PgStores {
  server(): PostgresServer;
  /** Of this test's database. */
  url(): string;
  database(): string;
  open(options?: Options): Promise<OpenPgEventStore>;
  query<Row extends object>(text: string): Promise<Row[]>;
  /** Begins a transaction on a connection of the test's own, to hold locks with. */
  hold(text: string): Promise<Client>;
  /** Whether a statement in the database waits for a lock. */
  isWaiting(): Promise<boolean>;
}

/** Call within `describe`. */
export function pgStores(settings: Readonly<Record<string, string>> = {}): PgStores {
  let server: PostgresServer;
  let databases = 0;
  let url: string;
  let opened: OpenPgEventStore[] = [];
  before(async () => {
    server = await startPostgres(settings);
  });
  after(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    databases += 1;
    url = await server.createDatabase(`store_${databases}`);
  });
  afterEach(async () => {
    for (const { close } of opened) await close();
    opened = [];
  });
  const database = () => `store_${databases}`;
  const query = <Row extends object>(text: string) => server.query<Row>(text, database());
  return {
    server: () => server,
    url: () => url,
    database,
    query,
    async open(options = PATIENT) {
      const made = await openPgEventStore({ url, clock: systemClock(), log: silentLog, ...options });
      opened.push(made);
      return made;
    },
    async hold(text) {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query(`begin; ${text}`);
      return client;
    },
    async isWaiting() {
      return (await query("select 1 from pg_stat_activity where wait_event_type = 'Lock'")).length > 0;
    },
  };
}

export const slugOf = (n: number) => Slug.parse(`party-${n}`);

export function party(n: number, change: Partial<PartyEvent> = {}): PartyEvent {
  const [colour, font] = ['#101014', ''];
  return {
    id: eventId(n),
    labelId: labelId(1),
    labelName: 'Night Bus',
    slug: slugOf(n),
    title: `Party ${n}`,
    artist: 'House Band',
    theme: {
      accent: colour,
      background: colour,
      surface: colour,
      text: colour,
      logo: '',
      backdrop: '',
      displayFont: font,
      bodyFont: font,
    },
    doorsAtMs: n * 1_000,
    state: 'open',
    emojis: ['🎸'],
    reservedNames: ['House'],
    allowedOrigins: ['https://band.example'],
    setlist: [],
    autoplay: false,
    ...change,
  };
}
