/** Writes the front's nginx configuration to standard output: `node server/cluster/nginx-conf.ts --help`. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type FrontMachine, nginxConf } from './front.ts';

const USAGE = `Usage: node server/cluster/nginx-conf.ts --server-name NAME --certificate FILE --key FILE [options]

  --processes N          of this machine, from --port on, as "npm run cluster" starts them; their sockets under /p{n}/
  --port PORT            of process 0 (2567)
  --machine PREFIX=HOST:PORT*N
                         instead, once for each machine: N processes from PORT on, their sockets under /PREFIX{n}/
  --fans N               at most, all at once (110427)
  --workers N            nginx's, one for each core of the front (the cores of this machine)
  --listen WHERE         as nginx takes it, once for each (443 and [::]:443)
  --listen-http WHERE    where plain HTTP is sent on to https, once for each (80 and [::]:80); "off": nowhere
  --state-dir DIR        nginx's own: pid and cache (/var/cache/nginx/front-row)
  --user NAME            who its workers are (as nginx was built)
`;

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;

function main(): void {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      'server-name': text,
      certificate: text,
      key: text,
      processes: text,
      port: { ...text, default: '2567' },
      machine: { ...texts, default: [] },
      fans: { ...text, default: '110427' },
      workers: { ...text, default: String(availableParallelism()) },
      listen: { ...texts, default: ['443', '[::]:443'] },
      'listen-http': { ...texts, default: ['80', '[::]:80'] },
      'state-dir': { ...text, default: '/var/cache/nginx/front-row' },
      user: text,
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const own = values.processes === undefined ? [] : [`p=127.0.0.1:${values.port}*${values.processes}`];
  const machines = [...own, ...values.machine].map(machineOf);
  if (machines.length === 0) throw new RangeError('--processes or --machine must say where the processes are');
  if (new Set(machines.map(({ prefix }) => prefix)).size < machines.length)
    throw new RangeError('every machine needs its own prefix');
  process.stdout.write(
    nginxConf({
      serverName: plain('server-name', values['server-name']),
      certificate: plain('certificate', values.certificate),
      key: plain('key', values.key),
      stateDir: plain('state-dir', values['state-dir']),
      user: values.user === undefined ? undefined : plain('user', values.user),
      machines,
      listen: values.listen.map((where) => plain('listen', where)),
      listenHttp: values['listen-http'].filter((where) => where !== 'off').map((where) => plain('listen-http', where)),
      workers: whole('workers', values.workers),
      fans: whole('fans', values.fans),
    }),
  );
}

function machineOf(said: string): FrontMachine {
  const [, prefix = '', host = '', port = '', processes = ''] =
    /^([a-z]+)=([\w.-]+|\[[\da-f:]+\]):(\d+)\*(\d+)$/.exec(said) ?? [];
  if (prefix === '') throw new RangeError(`"${said}" is not PREFIX=HOST:PORT*N, with a prefix of lower-case letters`);
  return { prefix, host, port: whole('machine', port), processes: whole('machine', processes) };
}

/** As it can stand in a configuration without quotes. */
function plain(option: string, value: string | undefined): string {
  if (value === undefined) throw new RangeError(`--${option} is missing`);
  if (!/^[\w./:[\]-]+$/.test(value)) throw new RangeError(`--${option}: "${value}" has characters that do not belong there`);
  return value;
}

function whole(option: string, value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new RangeError(`--${option}: "${value}" is not a whole number above 0`);
  return Number(value);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
