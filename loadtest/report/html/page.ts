/** `report.html`: everything in one file, nothing fetched, no script. */
import type { Report, Target } from '../report.ts';
import { html, type Markup } from './markup.ts';
import { plotsOf } from './plots.ts';
import { STYLE } from './style.ts';
import { count, milliseconds, moment, orDash, short } from './wording.ts';

export function reportPage(report: Report): string {
  const { profile, fans, targets, notes } = report;
  const missed = targets.filter(({ met }) => !met).length;
  const verdict = missed === 0 ? `All ${targets.length} targets met` : `${missed} of ${targets.length} targets missed`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${`${profile}, ${count(fans.requested)} fans · Front Row`}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
<header>
<p class="eyebrow">Front Row · load test · ${report.startedAt.replace('T', ' ').slice(0, 16)} UTC</p>
<h1>${count(fans.joined)} fans, ${profile}</h1>
<p class="lead">${leadOf(report)}</p>
<p class="verdict ${missed === 0 ? '' : 'missed'}">${verdict}</p>
</header>
${tiles(report)}
<section><h2>Targets</h2>${targetTable(targets)}${notes.length === 0 ? html`` : html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}</section>
<section><h2>The run</h2><div class="plots">${plotsOf(report)}</div></section>
<section><h2>As if there were ten</h2>${asTenTable(report)}</section>
<section><h2>What was counted</h2>${countsTable(report)}</section>
${commandsSection(report)}
<section><h2>On what, with what</h2>${machineTable(report)}</section>
<footer>Arrivals follow a schedule whatever the server does, and latency counts from the moment that each thing was meant for: a stalled generator cannot hide a stalled server. Percentiles are of merged HDR histograms, which are in report.json.</footer>
</main>
</body>
</html>
`;
  return page.html;
}

function leadOf({ fans, house, pace, sprint, seconds, pages }: Report): string {
  const where =
    house.kind === 'remote' ? 'a house that ran already' : house.processes === 1 ? 'one process' : `${house.processes} processes`;
  const speed = sprint ? ', all within a minute' : pace === 1 ? '' : `, ${count(pace)} times as fast as the night itself`;
  return `${count(fans.requested)} fans came to ${where}${speed}: ${count(fans.requested - pages.clients)} on bare sockets that check every frame, ${count(pages.clients)} with a whole page behind. The run took ${moment(seconds)}.`;
}

function tiles({ fans, join, chat, cue, command, cost }: Report): Markup {
  const tile = (name: string, value: string, small: string) =>
    html`<div><dt>${name}</dt><dd>${value}<small>${small}</small></dd></div>`;
  return html`<dl class="tiles">${[
    tile('joined', short(fans.joined), `${count(fans.failed)} failed, ${count(fans.dropped)} dropped`),
    tile('join p99', milliseconds(join.p99Ms), `at best ${count(join.perSecond)} in a second`),
    tile('chat acknowledged p99', milliseconds(chat.ackP99Ms), `${count(chat.acknowledged)} lines, ${orDash(chat.lost)} lost`),
    tile('line on the screen p99', milliseconds(chat.deliveryP99Ms), `${short(chat.linesDelivered)} deliveries`),
    tile('command p99', milliseconds(command.ackP99Ms), `${count(command.count)} commands`),
    tile('cue skew p99.9', milliseconds(cue.skewP999Ms), `${count(cue.count)} cues, ${count(cue.lateFans)} fans late`),
    tile(
      'server per frame',
      orDash(cost.serverUsPerFrame, (us) => `${count(us)} µs`),
      `the bare socket ${orDash(cost.floorUsPerFrame, (us) => `${count(us)} µs`)}`,
    ),
    tile(
      'server per fan',
      orDash(cost.serverKBPerFan, (kb) => `${count(kb)} KB`),
      `idle ${orDash(cost.idleUsPerFanSecond, (us) => `${count(us)} µs/s`)}`,
    ),
  ]}</dl>`;
}

function targetTable(targets: readonly Target[]): Markup {
  const row = ({ name, target, is, unit, measured, met }: Target) =>
    html`<tr class="${met ? '' : 'missed-row'}"><th scope="row">${name}</th><td class="n">${is} ${withUnit(target, unit)}</td><td class="n">${withUnit(measured, unit)}</td><td class="${met ? 'met' : 'missed-cell'}">${met ? 'met' : 'missed'}</td></tr>`;
  return html`<div class="scroll"><table><thead><tr><th>target</th><th class="n">wanted</th><th class="n">measured</th><th></th></tr></thead><tbody>${targets.map(row)}</tbody></table></div>`;
}

function withUnit(value: number, unit: string): string {
  return unit === 'ms' ? milliseconds(value) : unit === '×' ? `${count(value)} ×` : `${count(value)} ${unit}`;
}

function asTenTable({ asTen, join, chat, command }: Report): Markup {
  const row = (name: string, ten: number, all: number) => {
    const times = ten > 0 ? `${count(Math.round((10 * all) / ten) / 10)} ×` : '–';
    return html`<tr><th scope="row">${name}</th><td class="n">${milliseconds(ten)}</td><td class="n">${milliseconds(all)}</td><td class="n">${times}</td></tr>`;
  };
  return html`<div class="scroll"><table><thead><tr><th>p99</th><th class="n">ten fans</th><th class="n">all of them</th><th class="n"></th></tr></thead><tbody>${[
    row('join', asTen.joinMs, join.p99Ms),
    row('chat acknowledged', asTen.ackMs, chat.ackP99Ms),
    row('command acknowledged', asTen.commandMs, command.ackP99Ms),
    row('line on the screen, less the beat', asTen.deliveryLessBeatMs, chat.deliveryLessBeatP99Ms),
    row('line on the screen', asTen.deliveryMs, chat.deliveryP99Ms),
  ]}</tbody></table></div>`;
}

function countsTable(report: Report): Markup {
  const { counted, failedBy, droppedBy, chat, frames, gaps, pages, generator, cost, join } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['fans by the house, by their tickets', `${count(counted.byServer)}, ${count(counted.seated)}`],
    ['all of them seated after', orDash(join.allInS, moment)],
    ['never let in, by why', listOf(failedBy)],
    ['seats lost, by close code', listOf(droppedBy)],
    [
      'in sync again after a lost seat',
      gaps.count === 0
        ? 'no seat was lost'
        : `${count(gaps.count)} times: p50 ${milliseconds(gaps.p50Ms)}, p99 ${milliseconds(gaps.p99Ms)}, the last ${milliseconds(gaps.maxMs)}; never ${gaps.neverBack}`,
    ],
    ['chat lines refused, by code', listOf(chat.refused)],
    ['acknowledged lines that were nobody’s to see', `${count(chat.neverShown)} of ${count(chat.acknowledged)}`],
    ['frames received, unreadable', `${count(frames.received)} (${short(frames.bytes)} bytes), ${count(frames.wrong)}`],
    [
      'full clients in agreement with the console',
      `${count(pages.sameState)} of ${count(pages.clients)}; ${count(pages.sawLastLine)} show its last line${pages.lastLineMs === null ? '' : `, all within ${milliseconds(pages.lastLineMs)}`}`,
    ],
    [
      'full clients: join, chat, age of a line, cue p99',
      [pages.joinP99Ms, pages.ackP99Ms, pages.lineAgeP99Ms, pages.cueSkewP99Ms].map(milliseconds).join(', '),
    ],
    [
      'CPU: house, generator, the whole machine, of it stolen by its host',
      [cost.serverCpuS, cost.generatorCpuS, cost.machineBusyS, cost.machineStolenS]
        .map((s) => orDash(s, (value) => `${count(value)} s`))
        .join(', '),
    ],
    ['the generator’s own lag: p99, at worst', `${milliseconds(generator.lagP99Ms)}, ${milliseconds(generator.peakLagMs)}`],
    [
      'bare socket before, after',
      [cost.floorBeforeUs, cost.floorAfterUs].map((us) => orDash(us, (value) => `${count(value)} µs`)).join(', '),
    ],
  ];
  return pairs(rows);
}

function commandsSection({ commands }: Report): Markup {
  if (commands.length === 0) return html``;
  const row = ({ name, atS, tookMs, result }: Report['commands'][number]) =>
    html`<tr><td class="n">${moment(atS)}</td><th scope="row">${name}</th><td class="n">${milliseconds(tookMs)}</td><td>${result}</td></tr>`;
  return html`<details><summary>The host’s ${commands.length} commands</summary><div class="scroll"><table><thead><tr><th class="n">at</th><th>command</th><th class="n">answered after</th><th></th></tr></thead><tbody>${commands.map(row)}</tbody></table></div></details>`;
}

function machineTable({ machine, seed, house }: Report): Markup {
  const { cpus, cpuModel, memoryGiB, kernel, node, versions, settings, descriptors, loadBefore, loadAfter } = machine;
  return pairs([
    ['machine', `${cpus} × ${cpuModel}, ${count(memoryGiB)} GiB, ${kernel}`],
    ['house', `${house.kind}, ${house.processes} process${house.processes === 1 ? '' : 'es'}`],
    ['load average before, after', `${count(loadBefore)}, ${count(loadAfter)}`],
    ['seed', String(seed)],
    ['versions', [['node', node], ...Object.entries(versions)].map((pair) => pair.join(' ')).join(' · ')],
    ['descriptors a process', descriptors],
    ...Object.entries(settings),
  ]);
}

function pairs(rows: readonly (readonly [string, string])[]): Markup {
  return html`<div class="scroll"><table><tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table></div>`;
}

function listOf(counts: Readonly<Record<string, number>>): string {
  const all = Object.entries(counts);
  return all.length === 0 ? 'none' : all.map(([what, times]) => `${what} ${count(times)}`).join(', ');
}
