/** What the tests need from the machine besides npm packages: real services, a browser, real music. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface SystemPackage {
  /** As Debian calls it. */
  readonly name: string;
  /** One of these commands on the PATH, or one of these files, shows that it is there. */
  readonly commands?: readonly string[];
  readonly files?: readonly string[];
  /** A folder whose versions hold what is looked for. */
  readonly versionsIn?: string;
}

export const MUSIC_DIR = '/usr/share/games/asc/music';
export const CHROMIUM_COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const;

const SYSTEM_PACKAGES: readonly SystemPackage[] = [
  { name: 'redis-server', commands: ['redis-server'] },
  { name: 'postgresql', commands: ['postgres'], versionsIn: '/usr/lib/postgresql' },
  { name: 'pgbouncer', commands: ['pgbouncer'], files: ['/usr/sbin/pgbouncer'] },
  { name: 'nginx', commands: ['nginx'], files: ['/usr/sbin/nginx'] },
  { name: 'procps', commands: ['ps'] },
  { name: 'iproute2', commands: ['ip'] },
  { name: 'openssl', commands: ['openssl'] },
  { name: 'chromium', commands: CHROMIUM_COMMANDS },
  { name: 'ffmpeg', commands: ['ffmpeg'] },
  { name: 'asc-music', files: [MUSIC_DIR] },
  { name: 'fonts-dejavu-core', files: ['/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', '/System/Library/Fonts'] },
  { name: 'fonts-noto-color-emoji', files: ['/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf', '/System/Library/Fonts'] },
];

/** The full path of the first of these commands that the PATH has. */
export function findCommand(names: readonly string[], path: string): string | undefined {
  for (const name of names) {
    for (const folder of path.split(delimiter)) {
      if (folder !== '' && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

function missingPackages(packages: readonly SystemPackage[], path: string): SystemPackage[] {
  return packages.filter(({ commands = [], files = [], versionsIn }) => {
    if (findCommand(commands, path) || files.some((file) => existsSync(file))) return false;
    return versionsIn === undefined || !existsSync(versionsIn) || readdirSync(versionsIn).length === 0;
  });
}

/**
 * Installs what is missing when that is ours to do (root on Debian); otherwise says which command does.
 * Returns whether everything is there.
 */
export function ensureSystemPackages(path: string): boolean {
  const missing = missingPackages(SYSTEM_PACKAGES, path);
  if (missing.length === 0) return true;
  const names = missing.map(({ name }) => name);
  const install = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (process.getuid?.() !== 0 || !findCommand(['apt-get'], path)) {
    console.error(`The tests need ${names.join(', ')}. On Debian or Ubuntu:\n  sudo apt-get update && sudo ${install}`);
    return false;
  }
  console.error(`installing ${names.join(', ')}`);
  if (!run('apt-get update') || !run(install)) return false;
  const still = missingPackages(missing, path);
  for (const { name } of still) console.error(`${name} was installed, but is not where it should be`);
  return still.length === 0;
}

function run(command: string): boolean {
  const [file = '', ...args] = command.split(' ');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(file, args, { stdio: ['ignore', 2, 2], env }).status === 0;
}
