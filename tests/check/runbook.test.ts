/** docs/runbook.md and docs/alerts.yml against the code that they send a tired person to. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { parseSlash } from '../../core/slash.ts';
import type { SlashContext } from '../../core/slash-args.ts';
import { PROFILES } from '../../loadtest/profiles.ts';
import { fanIdOf, lineIdOf, setlistOf, staffIdOf } from '../support/samples.ts';
import { houseSeries } from './series.ts';

const runbook = readFileSync('docs/runbook.md', 'utf8');
const alerts = readFileSync('docs/alerts.yml', 'utf8');
const captures = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
const alertNames = captures(alerts, /^ {6}- alert: (\S+)$/gm);

/** Somebody to act on, a line that is being answered, and a setlist. */
const CONSOLE: SlashContext = {
  rank: 'owner',
  setlist: setlistOf(60_000, 60_000, 60_000),
  staff: [{ id: staffIdOf(1), name: 'Name' }],
  fansNamed: (name) => (name === 'Name' ? [{ id: fanIdOf(1), name }] : []),
  selectedLine: lineIdOf(1),
};

describe('docs/runbook.md', () => {
  it('PF10 names only npm commands that exist, and profiles that the load test has', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = captures(runbook, /\bnpm run ([\w:-]+)/g);
    assert.ok(named.length >= 10);
    for (const name of named) assert.ok(name in scripts, name);
    const profiles = captures(runbook, /npm run loadtest -- (\w+)/g);
    assert.ok(profiles.length >= 3);
    for (const profile of profiles) assert.ok(profile in PROFILES, profile);
  });

  it('PF10 types only slash commands that the console understands as they stand', () => {
    const typed = captures(runbook, /(?:`|^ +)(\/[a-z-]+(?: [^`\n]*)?)(?:`|$)/gm).filter((text) => text !== '/ops');
    const commands = new Set(
      typed.map((text) => {
        const result = parseSlash(text, CONSOLE);
        assert.ok(result.kind === 'command', `${text}: ${JSON.stringify(result)}`);
        return result.command.name;
      }),
    );
    for (const name of ['mute', 'ban', 'chat-mode', 'doors', 'play-track', 'announce'] as const)
      assert.ok(commands.has(name), name);
  });

  it('PF10 has a heading for every alert, and no other', () => {
    assert.ok(alertNames.length >= 15);
    assert.deepEqual(captures(runbook, /^#### (\S+)$/gm).toSorted(), alertNames.toSorted());
  });

  it('PF10 links to nothing that is not there', () => {
    const anchors = new Set(captures(runbook, /^#+ (.+)$/gm).map((heading) => heading.toLowerCase().replaceAll(' ', '-')));
    for (const anchor of captures(runbook, /\]\(#([^)]+)\)/g)) assert.ok(anchors.has(anchor), anchor);
    for (const file of captures(runbook, /\]\(([\w.-]+\.\w+)\)/g)) assert.ok(readFileSync(`docs/${file}`, 'utf8').length > 0);
  });

  it('PF10 names only settings that exist', () => {
    const known = new Set(captures(readFileSync('server/config.ts', 'utf8'), /^ {2}([A-Z][A-Z_]+):/gm));
    for (const name of captures(runbook, /`\$?([A-Z]+_[A-Z_]+)`/g)) assert.ok(known.has(name), name);
  });
});

describe('docs/alerts.yml', () => {
  it('PF10 watches only series that a process has', async () => {
    const registry = new Registry();
    const known = await houseSeries(registry);
    const named = new Set(
      captures(
        `${captures(alerts, /^ {8}expr: (.+)$/gm).join('\n')}\n${runbook}`,
        /\b((?:front_row|process|nodejs)_[a-z0-9_]+)/g,
      ),
    );
    assert.ok(named.size >= 15);
    const base = (name: string) => name.replace(/_(?:bucket|sum|count)$/, '');
    assert.deepEqual(
      [...named].filter((name) => !known.has(name) && !known.has(base(name))),
      [],
    );
  });

  it('PF10 gives every rule an expression, an urgency and a sentence', () => {
    const rules = alerts.split(/^ {6}- alert: /m).slice(1);
    assert.equal(rules.length, alertNames.length);
    assert.equal(new Set(alertNames).size, alertNames.length);
    for (const rule of rules) {
      assert.match(rule, /^ {8}expr: \S/m);
      assert.match(rule, /^ {8}labels: \{ severity: (?:page|ticket) \}$/m);
      assert.match(rule, /^ {8}annotations:\s+\{ summary: ".+" \}$/m);
      const [expression = ''] = captures(rule, /^ {8}expr: (.+)$/gm);
      for (const pair of ['()', '{}', '[]']) {
        const [opened, closed] = [...pair].map((bracket) => expression.split(bracket).length);
        assert.equal(opened, closed, rule);
      }
    }
  });
});
