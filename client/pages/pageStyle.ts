/** The style of the plan's page, in light, in dark and on paper. Text keeps a contrast of 4.5 to 1 or better on every ground it stands on. */

const light = `
--ink: #16212b; --quiet: #52606c; --line: #d3dae0; --ground: #f5f7f9; --card: #ffffff; --accent: #0b5c8a; --head: #10283a; --head-ink: #ffffff; --head-quiet: #c3d3df;
--good: #e1f2e6; --good-ink: #14532a; --bad: #fbe5e2; --bad-ink: #8f2018; --warn: #fdefcf; --warn-ink: #6d4300; --plain: #e7ecf0; --plain-ink: #33414d;
--window: #dcecf5; --bar: #1b6f9f; --door: #a63c12; --server: #1b5f8a; --applications: #4f4a91; --tests: #1d6b4a; --care: #56626d; --box-ink: #ffffff; --lock: #8a80c8; --grid: #dfe5ea;
`;
const dark = `
--ink: #e3e9ee; --quiet: #a3b1bc; --line: #33414d; --ground: #10171d; --card: #172129; --accent: #7fc4ee; --head: #0a1219; --head-ink: #ffffff; --head-quiet: #a9bccb;
--good: #163524; --good-ink: #a5e3bd; --bad: #44201c; --bad-ink: #ffb9ae; --warn: #3d2f10; --warn-ink: #f5d287; --plain: #26333d; --plain-ink: #c6d2dc;
--window: #1d3545; --bar: #58aede; --door: #ee8a5c; --server: #6db8e4; --applications: #b0a8f0; --tests: #74cfa3; --care: #a9b6c1; --box-ink: #0d151b; --lock: #867bd0; --grid: #26323c;
`;

export const pageStyle = `
:root { color-scheme: light dark; ${light} font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', sans-serif; color: var(--ink); background: var(--ground); }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
body { margin: 0; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .6rem; z-index: 1; background: var(--card); color: var(--accent); padding: .5rem 1rem; }
header, main, footer { padding-inline: max(1.5rem, calc((100vw - 78rem) / 2)); }
header { background: var(--head); color: var(--head-ink); padding-block: 2.2rem 1.8rem; }
header p { margin: 0; color: var(--head-quiet); }
.kind { font-weight: 600; }
h1 { margin: .1rem 0 .5rem; font-size: clamp(1.9rem, 4vw, 2.9rem); line-height: 1.1; letter-spacing: -.02em; }
h1 span { font-weight: 400; color: var(--head-quiet); }
h2 { margin: 0 0 .9rem; font-size: 1.35rem; letter-spacing: -.01em; }
section { margin-top: 2.6rem; }
code { font: .92em ui-monospace, 'Cascadia Mono', Menlo, monospace; overflow-wrap: anywhere; }
.whole { white-space: nowrap; }
.prose { font-weight: 400; }
.quiet { color: var(--quiet); font-weight: 400; font-size: .86em; overflow-wrap: break-word; }
.verdict { margin: 0 0 1.2rem; padding: .8rem 1.1rem; border-left: 5px solid; border-radius: 4px; overflow-wrap: anywhere; }
.verdict.good { background: var(--good); color: var(--good-ink); }
.verdict.warn { background: var(--warn); color: var(--warn-ink); }
.verdict.bad { background: var(--bad); color: var(--bad-ink); }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1px; margin: 0 0 1.4rem; background: var(--line); border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.figures div { background: var(--card); padding: .85rem 1.1rem .95rem; }
.figures dt { color: var(--quiet); font-size: .86rem; }
.figures dd { margin: 0; }
.figures strong { display: block; font-size: 1.22rem; line-height: 1.3; text-wrap: balance; letter-spacing: -.01em; font-variant-numeric: tabular-nums; }
.figures span { color: var(--quiet); font-size: .86rem; line-height: 1.35; display: block; }
.phases { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .4rem 2rem; margin: 0; padding: 0; list-style: none; counter-reset: phase; font-size: .9rem; color: var(--quiet); }
.phases li { counter-increment: phase; border-top: 3px solid var(--line); padding-top: .5rem; }
.phases b { display: block; color: var(--ink); }
.phases b::before { content: counter(phase) '. '; }
.remarks { margin: 0 0 1rem; padding: 0; list-style: none; }
.remarks li { padding: .5rem 0; border-bottom: 1px solid var(--line); }
.badge { display: inline-block; padding: .05rem .5rem; border-radius: 9px; font-size: .82rem; background: var(--plain); color: var(--plain-ink); white-space: nowrap; }
.badge.good { background: var(--good); color: var(--good-ink); }
.badge.bad { background: var(--bad); color: var(--bad-ink); }
.badge.warn { background: var(--warn); color: var(--warn-ink); }
.scroll { overflow-x: auto; }
.scroll:focus-visible, summary:focus-visible { outline: 3px solid #d98200; outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); margin-bottom: 1rem; font-size: .92rem; line-height: 1.45; }
caption { text-align: left; padding: .2rem 0 .5rem; color: var(--quiet); font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 600; font-size: .84rem; white-space: nowrap; }
tbody th { font-weight: 600; min-width: 9rem; overflow-wrap: break-word; }
details { margin-bottom: .6rem; border: 1px solid var(--line); border-radius: 5px; background: var(--card); }
details > .scroll { padding: 0 1rem; }
summary { cursor: pointer; padding: .6rem 1rem; font-weight: 600; }
figure { margin: 0 0 1.4rem; }
figcaption { color: var(--quiet); font-size: .86rem; margin-top: .4rem; }
.picture { display: block; width: 100%; min-width: 46rem; height: auto; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .8rem; }
.picture text { font-size: 12.5px; fill: var(--ink); }
.picture .name { font-weight: 650; font-size: 13.5px; }
.picture .tick { fill: var(--quiet); text-anchor: middle; font-size: 11.5px; }
.picture .under, .picture .gate-name { fill: var(--quiet); font-size: 11.5px; }
.picture .in-box { fill: var(--box-ink); text-anchor: middle; font-size: 12px; }
.picture .end { text-anchor: end; }
.picture .problem, .picture .no-return-name { fill: var(--bad-ink); font-size: 11.5px; font-weight: 600; }
.grid { stroke: var(--grid); }
.window { fill: var(--window); background: var(--window); }
.freeze { fill: var(--quiet); }
.frozen { fill: url(#frozen); opacity: .55; }
.in-place { fill: var(--bar); background: var(--bar); }
.door { fill: var(--door); background: var(--door); }
.latest { fill: var(--quiet); stroke: var(--quiet); stroke-width: 1.2; }
.step { stroke: var(--card); stroke-width: 1.5; }
.server { fill: var(--server); background: var(--server); }
.applications { fill: var(--applications); background: var(--applications); }
.tests { fill: var(--tests); background: var(--tests); }
.care { fill: var(--care); background: var(--care); }
.locks { fill: var(--lock); background: var(--lock); }
.out { fill: url(#out); }
.out-ground { fill: var(--warn); }
.out-line { fill: var(--door); }
.gate { fill: var(--ink); stroke: var(--ink); stroke-width: 1.4; }
.gate.open { fill: var(--card); }
.closes { stroke: var(--ink); stroke-width: 2; }
.no-return { stroke: var(--bad-ink); stroke-width: 2; stroke-dasharray: 5 3; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: 0 0 .3rem; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: .45rem; }
.swatch { width: 1.3rem; height: .75rem; border-radius: 2px; display: inline-block; }
.swatch.frozen { background: repeating-linear-gradient(45deg, var(--quiet) 0 2px, transparent 2px 6px); opacity: .7; }
.swatch.out { background: repeating-linear-gradient(45deg, var(--door) 0 3px, var(--warn) 3px 7px); }
.swatch.latest { width: 2px; height: 1rem; background: var(--quiet); }
.swatch.closes { width: 2px; height: 1rem; background: var(--ink); }
.swatch.no-return { width: 0; height: 1rem; border-left: 2px dashed var(--bad-ink); }
.mark { width: .95rem; height: .95rem; }
footer { margin-top: 3rem; padding-block: 1.4rem 2.5rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .88rem; }
footer p { margin: .2rem 0; }
@media (max-width: 62rem) { .figures { grid-template-columns: repeat(2, 1fr); } }
@media (max-width: 34rem) { .figures { grid-template-columns: 1fr; } }
@media print {
  .figures { grid-template-columns: repeat(4, 1fr); }
  :root { color-scheme: light; ${light} font-size: 10.5px; background: #fff; }
  @page { size: A4 landscape; margin: 12mm; }
  header { background: none; color: var(--ink); padding-block: 0 .8rem; border-bottom: 2px solid var(--ink); }
  header p, h1 span { color: var(--quiet); }
  header, main, footer { padding-inline: 0; }
  .skip { display: none; }
  .scroll { overflow: visible; }
  .picture { min-width: 0; break-inside: avoid; }
  .picture, .swatch, .badge, .verdict, .figures { print-color-adjust: exact; }
  section { margin-top: 1.6rem; }
  h2, caption, summary { break-after: avoid; }
  tr, figure, .figures div { break-inside: avoid; }
  details { border: 0; }
  details > .scroll, summary { padding-inline: 0; }
  details::details-content { content-visibility: visible; height: auto; }
}
`;
