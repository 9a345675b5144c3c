/** The operator's page: dark, since it is looked at through the night; one column on a phone. */
export const OPS_STYLE = `
:root { color-scheme: dark; --bg: #12141a; --card: #1c2029; --text: #f2f3f7; --soft: #b3b9c8; --well: #7ee2a8; --bad: #ff9d9d; --line: #363c4b; }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--bg); color: var(--text); font: 1rem/1.45 system-ui, sans-serif; }
main, header { max-width: 72rem; margin: 0 auto; }
h1 { font-size: 1rem; font-weight: 600; color: var(--soft); margin: 0 0 0.25rem; }
h2 { font-size: 1rem; margin: 1.75rem 0 0.6rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
.verdict { font-size: 1.35rem; line-height: 1.3; margin: 0; padding: 0.9rem 1rem; background: var(--card); border-left: 0.4rem solid var(--bad); border-radius: 0.5rem; overflow-wrap: anywhere; }
.verdict.well { border-color: var(--well); }
.tiles, .cards { display: grid; gap: 0.6rem; margin: 0; padding: 0; list-style: none; }
.tiles { grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); margin-top: 0.9rem; }
.tiles > div, .cards > li { background: var(--card); border-radius: 0.5rem; padding: 0.7rem 0.9rem; }
.cards { grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
dt { color: var(--soft); font-size: 0.875rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; }
.tiles dd { font-size: 1.5rem; }
.cards dl { display: grid; grid-template-columns: 1fr auto; gap: 0.15rem 1rem; margin: 0.5rem 0 0; }
.cards dd { text-align: right; }
.cards > li.bad { outline: 2px solid var(--bad); }
.state { font-weight: 600; color: var(--well); margin: 0; }
.bad .state { color: var(--bad); }
meter { width: 100%; height: 0.5rem; }
.wide { grid-column: 1 / -1; }
ol { margin: 0; padding: 0; list-style: none; }
ol li { padding: 0.35rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
time { color: var(--soft); font-variant-numeric: tabular-nums; margin-right: 0.75rem; }
.heard { color: var(--soft); margin: 1.5rem 0 0; }
.silent { margin: 0 0 0.9rem; font-weight: 600; color: var(--bad); visibility: hidden; animation: silent 0s linear 10s infinite forwards; }
@keyframes silent { to { visibility: visible; } }
`;
