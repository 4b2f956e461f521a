/** The look of release 11.18.1: a dark bar, square corners, blue. */

const look = `
:root {
  color-scheme: light;
  --ink: #1b2430; --faint: #566273; --line: #d5dbe3; --paper: #fff; --ground: #f1f3f6;
  --accent: #1f5fa8; --on-accent: #fff; --bar: #14233a; --on-bar: #e6ecf5; --radius: 3px;
  --good: #14663a; --good-ground: #ddf1e4; --warning: #7a4b00; --warning-ground: #fdeecb;
  --bad: #a11d1d; --bad-ground: #fbe2e0; --info: #1c4f8c; --info-ground: #dfeaf8;
}
header { background: var(--bar); color: var(--on-bar); }
header a { color: inherit; }
.brand::before { content: "▦ "; }
nav.screens { background: #1d3152; }
nav [aria-current] { box-shadow: inset 0 -3px #7fb2ee; font-weight: 600; }
`;

const shared = `
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
header :focus-visible { outline-color: currentColor; outline-offset: -4px; }
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--paper); z-index: 1; }
.skip:focus { left: 0; }
nav { display: flex; flex-wrap: wrap; align-items: center; padding: 0 max(1rem, calc(50vw - 36rem)); }
nav ul { display: flex; flex-wrap: wrap; margin: 0; padding: 0; list-style: none; max-height: 9rem; overflow-y: auto; }
nav a { display: block; padding: .7rem .9rem; text-decoration: none; }
nav a:hover { text-decoration: underline; }
nav.screens { font-size: .92rem; }
nav.screens a { padding: .45rem .9rem; }
.brand { font-weight: 700; padding-left: 0; margin-right: 1rem; }
main { flex: 1; width: 100%; max-width: 74rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.2; }
h2 { margin: 0 0 .75rem; font-size: 1.1rem; }
.lead { margin: .35rem 0 0; color: var(--faint); }
.screen { display: grid; gap: 1.25rem; }
.screen > *, .card > * { min-width: 0; }
.screen-head { display: flex; flex-wrap: wrap; gap: 1rem; justify-content: space-between; align-items: end; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; }
.card, .table-frame { background: var(--paper); border: 1px solid var(--line); border-radius: var(--radius); }
.card { padding: 1.1rem 1.25rem; }
.card .table-frame { border: 0; }
.table-frame { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption { padding: .8rem 1rem; text-align: left; font-weight: 600; }
th, td { padding: .6rem 1rem; text-align: left; border-top: 1px solid var(--line); vertical-align: top; }
th { font-size: .82rem; color: var(--faint); background: var(--ground); white-space: nowrap; }
tbody tr:hover { background: var(--ground); }
td a, td time { white-space: nowrap; }
td.plain { min-width: 6.5rem; }
td .button { padding: .1rem .7rem; }
.numeric { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.empty { margin: 0; padding: 2rem; text-align: center; color: var(--faint); background: var(--paper);
  border: 1px dashed var(--line); border-radius: var(--radius); }
.button { display: inline-block; padding: .5rem 1rem; border: 1px solid var(--accent); border-radius: var(--radius);
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
.button:hover { filter: brightness(.92); }
.button.quiet { background: var(--paper); color: var(--accent); }
.form { display: grid; gap: 1rem; max-width: 38rem; }
.form.get { grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); align-items: end; max-width: none; }
.form p { margin: 0; }
.field { display: grid; gap: .25rem; }
.field label { font-weight: 600; }
.field small { color: var(--faint); font-weight: 400; }
.field .problem { color: var(--bad); font-weight: 600; }
input, select, textarea { width: 100%; padding: .5rem .6rem; font: inherit; color: inherit; background: var(--paper);
  border: 1px solid #7b8694; border-radius: var(--radius); }
[aria-invalid] { border: 2px solid var(--bad); }
.command { display: inline-block; margin: 0 .5rem 0 0; }
.badge { display: inline-block; padding: .05rem .6rem; border-radius: 1rem; font-size: .85rem; font-weight: 600; white-space: nowrap; }
.notice { margin: 0; padding: .7rem 1rem; border-left: 4px solid; border-radius: var(--radius); }
.good { color: var(--good); background: var(--good-ground); }
.warning { color: var(--warning); background: var(--warning-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.info { color: var(--info); background: var(--info-ground); }
pre { margin: 1rem 0 0; overflow-x: auto; }
.facts, .figures { display: grid; gap: 1rem; margin: 0; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); }
dt { font-size: .85rem; color: var(--faint); }
dd { margin: 0; }
.figures > div { padding: 1rem 1.25rem; background: var(--paper); border: 1px solid var(--line); border-radius: var(--radius); }
.figures dd { font-size: 1.7rem; font-weight: 700; font-variant-numeric: tabular-nums; }
meter { width: 7rem; }
.error { justify-items: start; padding-top: 3rem; }
.error .status { margin: 0; font-size: 3.5rem; font-weight: 700; line-height: 1; color: var(--faint); }
footer { border-top: 1px solid var(--line); font-size: .85rem; color: var(--faint); background: var(--paper); }
footer ul { display: flex; flex-wrap: wrap; gap: .3rem 2rem; margin: 0 auto; padding: .9rem 1rem; max-width: 74rem; list-style: none; }
footer b { color: var(--ink); }
footer .older { padding: 0 .4rem; border-radius: .3rem; color: var(--warning); background: var(--warning-ground); }
`;

export const style = shared + look;
