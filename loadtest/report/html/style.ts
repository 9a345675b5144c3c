/** The page's look: paper by day, a dark hall by night, from a phone to a wall. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #faf8f4; --card: #ffffff; --ink: #1d1a16; --soft: #6c655b; --rule: #e4dfd6; --good: #17714a; --bad: #b3261e; --good-soft: #e3f2ea; --bad-soft: #fbe7e5;
  --c0: #3b5bdb; --c1: #d9480f; --c2: #0b7285; --c3: #862e9c; --c4: #b8860b; --c5: #2b8a3e; --c6: #c2255c; --c7: #868e96; }
@media (prefers-color-scheme: dark) { :root { --paper: #141210; --card: #1d1a17; --ink: #f1ece4; --soft: #a39a8d; --rule: #35302a; --good: #6fd3a3; --bad: #ff8f85; --good-soft: #173127; --bad-soft: #3d1c19;
  --c0: #91a7ff; --c1: #ffa94d; --c2: #66d9e8; --c3: #da77f2; --c4: #ffd43b; --c5: #8ce99a; --c6: #faa2c1; --c7: #adb5bd; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1180px; margin: 0 auto; padding: 40px 20px 64px; }
h1, h2 { font-family: ui-serif, "Iowan Old Style", Georgia, serif; font-weight: 400; line-height: 1.1; text-wrap: balance; }
h1 { font-size: clamp(34px, 6vw, 60px); margin: 6px 0 14px; letter-spacing: -0.02em; }
h2 { font-size: 28px; margin: 52px 0 16px; }
h3 { font-size: 15px; margin: 0; }
p { margin: 0; }
.eyebrow { color: var(--soft); font-size: 13px; letter-spacing: 0.06em; text-transform: uppercase; }
.lead { max-width: 68ch; color: var(--soft); font-size: 17px; }
.verdict { display: inline-block; margin-top: 18px; padding: 6px 14px; border-radius: 99px; font-weight: 600; background: var(--good-soft); color: var(--good); }
.verdict.missed { background: var(--bad-soft); color: var(--bad); }
.tiles { display: grid; gap: 1px; grid-template-columns: repeat(4, 1fr); margin: 34px 0 0; background: var(--rule); border: 1px solid var(--rule); border-radius: 12px; overflow: hidden; }
.tiles > div { background: var(--card); padding: 16px 18px; }
.tiles dt { color: var(--soft); font-size: 13px; }
.tiles dd { margin: 2px 0 0; font-size: 26px; letter-spacing: -0.01em; white-space: nowrap; }
.tiles small { display: block; color: var(--soft); font-size: 12px; white-space: normal; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 9px 16px; border-top: 1px solid var(--rule); vertical-align: top; }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: 13px; }
tbody th { font-weight: 400; }
td.n { text-align: right; white-space: nowrap; }
th.n { text-align: right; }
.met::before { content: "✓ "; } .met { color: var(--good); font-weight: 600; }
.missed-cell::before { content: "✗ "; } .missed-cell { color: var(--bad); font-weight: 600; }
tr.missed-row { background: color-mix(in srgb, var(--bad-soft) 55%, transparent); }
.plots { display: grid; gap: 18px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
figure { margin: 0; padding: 16px 16px 10px; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; display: flex; flex-direction: column; justify-content: space-between; gap: 8px; min-width: 0; }
figcaption p { color: var(--soft); font-size: 13px; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font: 12.5px ui-sans-serif, system-ui, sans-serif; fill: var(--soft); }
.grid line { stroke: var(--rule); } .axis.y text { text-anchor: end; } .axis.x text { text-anchor: middle; }
.mark line { stroke: var(--soft); stroke-dasharray: 2 3; } .mark text { font-size: 11.5px; }
.bound { stroke: var(--bad); stroke-dasharray: 6 4; }
path { fill: none; stroke-width: 1.9; stroke-linejoin: round; stroke-linecap: round; stroke: currentColor; }
path.area { fill: currentColor; stroke: none; opacity: 0.13; } path.dashed { stroke-dasharray: 5 5; }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); } .c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; list-style: none; margin: 8px 0 0; padding: 0; font-size: 12.5px; }
.legend li::before { content: ""; display: inline-block; width: 14px; margin-right: 6px; vertical-align: middle; border-top: 3px solid currentColor; }
.legend li.dashed::before { border-top-style: dashed; } .legend li.area { display: none; }
.notes { margin: 22px 0 0; padding: 0 0 0 20px; color: var(--soft); } .notes li { margin: 4px 0; }
details { margin-top: 18px; } summary { cursor: pointer; color: var(--soft); } details .scroll { margin-top: 12px; }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
footer { margin-top: 56px; color: var(--soft); font-size: 13px; }
@media (max-width: 760px) { .tiles { grid-template-columns: 1fr 1fr; } }
@media (max-width: 560px) { main { padding: 26px 14px 48px; } th, td { padding: 8px 10px; } .tiles dd { font-size: 22px; } svg text { font-size: 15px; } }
@media print { figure, .scroll, .tiles { break-inside: avoid; } }
`;
