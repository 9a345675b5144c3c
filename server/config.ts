/**
 * What the environment and the command line say, parsed once and frozen.
 * The only file besides the entry that knows `process.env`'s shape; one message names every wrong variable.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { SECTION_SEATS } from '../schemas/limits.ts';
import { trustProxies } from './auth/proxies.ts';

/** Thrown with everything that is wrong, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

const list = z.string().transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''));
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
const origin = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'must be an http or https URL')
  .transform((text) => new URL(text).origin);
const secret = z.string().min(16, 'every secret needs at least 16 characters');
const url = (protocol: RegExp, otherwise: string) =>
  z.string().refine((text) => URL.canParse(text) && protocol.test(new URL(text).protocol), otherwise);

/** Empty counts as unset: that is how shells and unit files leave a variable out. */
const Env = z.object({
  PORT: whole(0, 65_535).default(2_567),
  HOST: z.string().optional(),
  PROCESSES: whole(1, 64).default(1),
  PROCESS_INDEX: whole(0, 63).optional(),
  /** What PM2 calls the same. */
  NODE_APP_INSTANCE: whole(0, 63).optional(),
  PUBLIC_URL: origin.optional(),
  PUBLIC_ADDRESS: z
    .string()
    .regex(/^(?:[\w.:/-]|\{n\}|\{port\})+$/, 'must be host[:port][/path], without a scheme; {n} and {port} stand for the process')
    .optional(),
  REDIS_URL: url(/^rediss?:$/, 'must be redis://[user:password@]host[:port][/db] or rediss://…').optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w.:-]{1,64}$/, 'must be at most 64 letters, digits, . : _ or -')
    .default('front-row:'),
  DATABASE_URL: url(/^postgres(?:ql)?:$/, 'must be postgres://user:password@host[:port]/database').optional(),
  TICKET_SECRET: list.pipe(z.array(secret).min(1, 'must hold at least one secret')).optional(),
  ADMIN_TOKEN: z.string().min(8, 'must have at least 8 characters').optional(),
  TRUSTED_PROXIES: list
    .superRefine((entries, context) => {
      try {
        trustProxies(entries);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      }
    })
    .default([]),
  DATA_DIR: z.string().default('data'),
  MEDIA_DIR: z.string().optional(),
  RETENTION_DAYS: whole(1, 3_650).default(30),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a pino level').default('info'),
  SECTION_SEATS: whole(1, 2_500).default(SECTION_SEATS),
  ADMISSIONS_PER_S: whole(1, 100_000).optional(),
  TICKETS_PER_MINUTE_PER_NETWORK: whole(1, 10_000_000).default(6_000),
  TICKETS_PER_MINUTE_PER_FAN: whole(1, 10_000_000).default(40),
  REQUESTS_PER_MINUTE_PER_NETWORK: whole(1, 10_000_000).default(30_000),
});

type Values = z.infer<typeof Env>;

/** What each value alone cannot say. */
function contradictionsOf(values: Values): string[] {
  const { PORT, PROCESSES, PROCESS_INDEX, PUBLIC_ADDRESS, REDIS_URL, DATABASE_URL, TICKET_SECRET } = values;
  const isElsewhere = REDIS_URL !== undefined && !isHere(new URL(REDIS_URL).hostname);
  const found: string[] = [];
  if (PROCESSES > 1 && REDIS_URL === undefined) found.push('REDIS_URL: must be set for PROCESSES above 1, which meet in Redis');
  if ((PROCESSES > 1 || isElsewhere) && DATABASE_URL === undefined) {
    found.push('DATABASE_URL: must be set for several processes, whose bookings and journals come together there');
  }
  if (PROCESSES > 1 && PUBLIC_ADDRESS !== undefined && !/\{(?:n|port)\}/.test(PUBLIC_ADDRESS)) {
    found.push('PUBLIC_ADDRESS: must say {n} or {port}: each process has its own');
  }
  if (PORT === 0 && PUBLIC_ADDRESS?.includes('{port}'))
    found.push('PUBLIC_ADDRESS: cannot say {port} while PORT is any free one');
  if (PROCESS_INDEX !== undefined && PROCESS_INDEX >= PROCESSES && PROCESSES > 1) {
    found.push('PROCESS_INDEX: must be below PROCESSES');
  }
  if (isElsewhere && TICKET_SECRET === undefined) {
    found.push('TICKET_SECRET: must be set when Redis is on another machine: all machines that share it need the same secrets');
  }
  return found;
}

function isHere(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

/** Settings that the contract does not name may change; `docs/operations.md` lists them all. */
export interface Config {
  /** This process's own: PORT plus its number; 0: any free one. */
  readonly port: number;
  /** undefined: every interface. */
  readonly host: string | undefined;
  /** The origin that fans use; undefined: the one they came by. */
  readonly publicUrl: string | undefined;
  /** Where this process's sockets are reached, `{n}` and `{port}` being its own already. */
  readonly publicAddress: string | undefined;
  /** Which of the processes of this machine it is, from 0. */
  readonly processIndex: number;
  /** How many of them there are on this machine. */
  readonly processes: number;
  /** Where processes meet; undefined: this one is alone. */
  readonly redisUrl: string | undefined;
  /** Keeps installations on one Redis apart. */
  readonly redisPrefix: string;
  /** undefined: everything is kept in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Newest first; undefined: made once in `dataDir`. */
  readonly ticketSecrets: readonly string[] | undefined;
  readonly adminToken: string | undefined;
  readonly trustedProxies: readonly string[];
  readonly dataDir: string;
  /** How long lines, commands and figures are kept. */
  readonly retentionDays: number;
  readonly logLevel: z.infer<typeof Env>['LOG_LEVEL'];
  readonly sectionSeats: number;
  /** How many fans per second this process lets in; undefined: as many as leave it smooth, which it measures. */
  readonly admissionsPerS: number | undefined;
  readonly limits: {
    readonly ticketsPerMinutePerNetwork: number;
    readonly ticketsPerMinutePerFan: number;
    readonly requestsPerMinutePerNetwork: number;
  };
  /** A folder of audio or video to play instead of the demo's own music. */
  readonly mediaDir: string | undefined;
}

export const USAGE = `Usage: npm start -- [--media DIR] [--port PORT]

  --media DIR   play the audio and video files of a folder
  --port PORT   listen here instead of on PORT (2567)
  --help        say this
`;

/** The configuration, or 'help' when that was asked for. Throws a ConfigError that names everything wrong at once. */
export function readConfig(env: Readonly<Record<string, string | undefined>>, argv: readonly string[]): Config | 'help' {
  const options = readOptions(argv);
  if (options.help) return 'help';
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Env.safeParse(options.port === undefined ? given : { ...given, PORT: options.port });
  const wrong = parsed.success ? contradictionsOf(parsed.data) : parsed.error.issues.map(problemOf);
  const problems = [...options.problems, ...wrong];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const values = parsed.data;
  const mediaDir = options.media ?? values.MEDIA_DIR;
  const processIndex = values.PROCESS_INDEX ?? values.NODE_APP_INSTANCE ?? 0;
  const port = values.PORT === 0 ? 0 : values.PORT + processIndex;
  return Object.freeze({
    port,
    host: values.HOST,
    publicUrl: values.PUBLIC_URL,
    publicAddress: values.PUBLIC_ADDRESS?.replaceAll('{n}', String(processIndex)).replaceAll('{port}', String(port)),
    processIndex,
    processes: values.PROCESSES,
    redisUrl: values.REDIS_URL,
    redisPrefix: values.REDIS_PREFIX,
    databaseUrl: values.DATABASE_URL,
    ticketSecrets: values.TICKET_SECRET,
    adminToken: values.ADMIN_TOKEN,
    trustedProxies: values.TRUSTED_PROXIES,
    dataDir: resolve(values.DATA_DIR),
    retentionDays: values.RETENTION_DAYS,
    logLevel: values.LOG_LEVEL,
    sectionSeats: values.SECTION_SEATS,
    admissionsPerS: values.ADMISSIONS_PER_S,
    limits: Object.freeze({
      ticketsPerMinutePerNetwork: values.TICKETS_PER_MINUTE_PER_NETWORK,
      ticketsPerMinutePerFan: values.TICKETS_PER_MINUTE_PER_FAN,
      requestsPerMinutePerNetwork: values.REQUESTS_PER_MINUTE_PER_NETWORK,
    }),
    mediaDir: mediaDir === undefined ? undefined : resolve(mediaDir),
  });
}

/** The variable's name and what is wrong; never its value, which may be a secret. */
function problemOf(issue: z.core.$ZodIssue): string {
  return `${String(issue.path[0])}: ${issue.message}`;
}

interface Options {
  readonly media?: string | undefined;
  readonly port?: string | undefined;
  readonly help?: boolean | undefined;
  readonly problems: readonly string[];
}

function readOptions(argv: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { media: { type: 'string' }, port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    return { ...values, problems: [] };
  } catch (error) {
    return { problems: [`command line: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

/** What this machine is called by its own browsers; several machines need PUBLIC_ADDRESS. */
export function nameOf(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
