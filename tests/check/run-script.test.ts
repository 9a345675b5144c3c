/** server/run.js on small repositories of their own: what it installs, builds, runs and passes on. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../support/until.ts';

const LOCK = { packages: { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } } };

describe('server/run.js', () => {
  let root: string;
  const at = (path: string) => join(root, path);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'front-row-run-'));
    mkdirSync(at('server'));
    copyFileSync('server/run.js', at('server/run.js'));
    write('package.json', '{ "type": "module" }');
    write('package-lock.json', JSON.stringify(LOCK));
    write('entry.ts', 'const n: number = 7; console.log(JSON.stringify(process.argv.slice(2))); process.exit(n);');
    for (const folder of ['client', 'core', 'schemas']) write(`${folder}/a.ts`, 'export const a = 1;');
    write('tsconfig.json', '{}');
    // Stand-ins that note their call and leave behind what the real ones do.
    write(
      'bin/npm',
      '#!/bin/sh\necho "$@" >> npm-calls\nmkdir -p node_modules\ncp package-lock.json node_modules/.package-lock.json\n',
    );
    chmodSync(at('bin/npm'), 0o755);
    write(
      'node_modules/vite/bin/vite.js',
      "import { appendFileSync, mkdirSync } from 'node:fs'; mkdirSync('dist/client', { recursive: true }); appendFileSync('builds', 'x');",
    );
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const env = () => ({ ...process.env, PATH: [at('bin'), process.env.PATH].join(delimiter) });
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [at('server/run.js'), ...args], { encoding: 'utf8', env: env() });
  const calls = (file: string) => (existsSync(at(file)) ? readFileSync(at(file), 'utf8') : '');

  it('HO1 installs when node_modules is not what the lockfile says, and only then', () => {
    run('entry.ts');
    assert.match(calls('npm-calls'), /^ci /);
    run('entry.ts');
    assert.equal(calls('npm-calls').split('\n').length, 2, 'one call');
    write('package-lock.json', JSON.stringify(LOCK).replace('1.0.0', '1.0.1'));
    run('entry.ts');
    assert.equal(calls('npm-calls').split('\n').length, 3, 'a second call after the lockfile changed');
  });

  it('HO1 leaves alone what only another platform lacks', () => {
    const optional = { 'node_modules/b': { version: '2.0.0', optional: true } };
    write('node_modules/.package-lock.json', JSON.stringify(LOCK));
    write('package-lock.json', JSON.stringify({ packages: { ...LOCK.packages, ...optional } }));
    run('entry.ts');
    assert.equal(calls('npm-calls'), '');
  });

  it('HO1 passes arguments and the exit code through', () => {
    const { status, stdout } = run('entry.ts', '--media', 'a folder');
    assert.equal(status, 7);
    assert.equal(stdout, '["--media","a folder"]\n');
  });

  it('HO1 passes SIGTERM through and keeps the exit code', async () => {
    write('node_modules/.package-lock.json', JSON.stringify(LOCK));
    write('entry.ts', "process.on('SIGTERM', () => process.exit(9)); console.log('ready'); setInterval(() => {}, 1_000);");
    const child: ChildProcess = spawn(process.execPath, [at('server/run.js'), 'entry.ts'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: env(),
    });
    assert.ok(child.stdout);
    for await (const line of createInterface({ input: child.stdout })) if (line === 'ready') child.kill('SIGTERM');
    const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)));
    assert.equal(code, 9);
  });

  it('HO1 ends the entry when whoever started it is gone, as npm is after a signal', async () => {
    write('node_modules/.package-lock.json', JSON.stringify(LOCK));
    write(
      'entry.ts',
      `import { writeFileSync } from 'node:fs';
       process.on('SIGTERM', () => { writeFileSync('ended', ''); process.exit(); });
       console.log('ready'); setInterval(() => {}, 1_000);`,
    );
    const shell = spawn('sh', ['-c', `"${process.execPath}" server/run.js entry.ts; true`], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: env(),
      cwd: root,
    });
    assert.ok(shell.stdout);
    for await (const line of createInterface({ input: shell.stdout })) if (line === 'ready') shell.kill('SIGKILL');
    await until('the entry has ended', () => existsSync(at('ended')));
  });

  it('HO2 builds the pages when their sources changed, and only then', () => {
    run('--client', 'entry.ts');
    run('--client', 'entry.ts');
    assert.equal(calls('builds'), 'x');
    write('core/a.ts', 'export const a = 2;');
    run('--client', 'entry.ts');
    assert.equal(calls('builds'), 'xx');
    write('core/a.test.ts', 'export {};');
    run('--client', 'entry.ts');
    assert.equal(calls('builds'), 'xx', 'a test changes no page');
    rmSync(at('dist/client'), { recursive: true });
    run('--client', 'entry.ts');
    assert.equal(calls('builds'), 'xxx');
  });
});
