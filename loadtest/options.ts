/** What `npm run loadtest` was asked for. */
import { parseArgs } from 'node:util';
import { endsProcesses, type Plan, planOf } from './plan.ts';
import { PROFILES, type ProfileName } from './profiles.ts';

export interface Options {
  readonly plan: Plan;
  /** Where the report is written. */
  readonly out: string;
  readonly seed: number;
  /** What is tested: a cluster of its own, one process of its own, or a house that runs somewhere. */
  readonly house:
    | { readonly kind: 'cluster'; readonly processes: number }
    | { readonly kind: 'one' }
    | {
        readonly kind: 'remote';
        readonly origins: readonly string[];
        /** As `npm run cluster` printed it; null: no commands are given. */
        readonly hostUrl: string | null;
        readonly slug: string;
        /** Where acknowledged lines are looked for; null: they are not. */
        readonly dataDir: string | null;
        readonly databaseUrl: string | null;
        readonly adminToken: string | null;
      };
}

/** More than descriptors allow is not tried. */
const FANS_PER_PROCESS = 16_000;
const PROCESSES_MIN = 2;
const PROCESSES_MAX = 8;
const SEED_BELOW = 2 ** 31;

export const USAGE = `Usage: npm run loadtest -- PROFILE [options]

${Object.entries(PROFILES)
  .map(([name, { help }]) => `  ${name.padEnd(8)} ${help}`)
  .join('\n')}

  --fans N          fans in all, one in a hundred of them a full client
  --out DIR         where report.json and report.html go (data/loadtest)
  --pace X          X times faster than the profile's own time
  --sprint          all of them within a minute
  --minutes N       how long the full house is held
  --seed N          what is drawn at random follows from it
  --processes N     of the cluster that is started for the run (one for 16,000 fans, at least 2, at most 8; kill and drain: 8)
  --one             one process with everything embedded instead of a cluster
  --url ORIGIN      a house that runs already; once for each of its doors. With it:
    --host-url URL    the host's URL as it was printed, for commands
    --event SLUG      which event (demo)
    --data DIR        its DATA_DIR, where acknowledged lines are looked for
    --database URL    or its PostgreSQL; ADMIN_TOKEN is read from the environment
`;

/** Throws a RangeError or what `parseArgs` throws, with a message for the person who asked. */
export function readOptions(argv: readonly string[], adminToken: string | null, random: () => number): Options | 'help' {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      fans: { type: 'string' },
      out: { type: 'string', default: 'data/loadtest' },
      pace: { type: 'string' },
      sprint: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      seed: { type: 'string' },
      processes: { type: 'string' },
      one: { type: 'boolean', default: false },
      url: { type: 'string', multiple: true },
      'host-url': { type: 'string' },
      event: { type: 'string', default: 'demo' },
      data: { type: 'string' },
      database: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  const [profile, ...rest] = positionals;
  if (!isProfile(profile) || rest.length > 0) {
    throw new RangeError(`name one profile: ${Object.keys(PROFILES).join(', ')}`);
  }
  const plan = planOf({
    profile,
    fans: number(values.fans, '--fans'),
    pace: number(values.pace, '--pace'),
    minutes: number(values.minutes, '--minutes'),
    sprint: values.sprint,
  });
  const seed = number(values.seed, '--seed') ?? Math.floor(random() * SEED_BELOW);
  const house = houseOf(values, plan, adminToken);
  if (endsProcesses(plan) && house.kind !== 'cluster') {
    throw new RangeError(`${profile} ends processes: it runs against a cluster of its own only`);
  }
  return { plan, out: values.out, seed, house };
}

interface Values {
  readonly one: boolean;
  readonly event: string;
  readonly processes?: string;
  readonly url?: string[];
  readonly 'host-url'?: string;
  readonly data?: string;
  readonly database?: string;
}

function houseOf(values: Values, plan: Plan, adminToken: string | null): Options['house'] {
  if (values.url && (values.one || values.processes)) throw new RangeError('--url goes with neither --one nor --processes');
  if (values.url) {
    return {
      kind: 'remote',
      origins: values.url.map(originOf),
      hostUrl: values['host-url'] ?? null,
      slug: values.event,
      dataDir: values.data ?? null,
      databaseUrl: values.database ?? null,
      adminToken,
    };
  }
  if (values['host-url'] || values.data || values.database)
    throw new RangeError('--host-url, --data and --database go with --url');
  if (values.one && values.processes) throw new RangeError('--one goes without --processes');
  if (values.one) return { kind: 'one' };
  return { kind: 'cluster', processes: number(values.processes, '--processes') ?? processesFor(plan) };
}

/** As many as the fans need; where one is going to be away, all that there can be, as on a night that expects it. */
export function processesFor({ fans, act }: Pick<Plan, 'fans' | 'act'>): number {
  if (endsProcesses({ act })) return PROCESSES_MAX;
  return Math.min(PROCESSES_MAX, Math.max(PROCESSES_MIN, Math.ceil(fans / FANS_PER_PROCESS)));
}

function isProfile(name: string | undefined): name is ProfileName {
  return name !== undefined && Object.hasOwn(PROFILES, name);
}

function number(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new RangeError(`${option} must be a number, not ${text}`);
  return value;
}

function originOf(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new RangeError(`--url must be an origin, not ${text}`);
  return new URL(text).origin;
}
