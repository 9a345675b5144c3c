/** The system's Chromium, each time with a profile of its own and quiet about everything but our pages. */
import { type Browser, chromium } from 'playwright-core';
import { testCertificate } from './certificate.ts';
import { isClusterHouse } from './house-kind.ts';
import { CHROMIUM_COMMANDS, findCommand } from './system-packages.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `sound`: the environment that says where it sounds; without one it is mute. */
export async function launchChromium(flags: readonly string[] = [], sound?: Readonly<Record<string, string>>): Promise<Browser> {
  const executablePath = findCommand(CHROMIUM_COMMANDS, process.env.PATH ?? '');
  if (!executablePath) throw new Error(`none of ${CHROMIUM_COMMANDS.join(', ')} is on the PATH`);
  const trust = isClusterHouse ? [`--ignore-certificate-errors-spki-list=${testCertificate().spkiHash}`] : [];
  return chromium.launch({
    executablePath,
    headless: true,
    args: [...FLAGS, ...trust, ...flags],
    ...(sound && { env: { ...process.env, ...sound }, ignoreDefaultArgs: ['--mute-audio'] }),
  });
}
