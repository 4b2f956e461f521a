/** The one style sheet of Service Center. Text keeps a contrast of 4.5 to 1 or better on every ground it stands on. */

export const style = `
:root {
  --ink: #1c2733; --quiet: #55636f; --line: #d5dce2; --ground: #f4f6f8; --card: #ffffff; --accent: #0b5c8a;
  --info: #e3f0f9; --good: #e2f3e6; --bad: #fbe7e4; --good-ink: #175c2b; --bad-ink: #94231a; --warn-ink: #7a4b00;
  color-scheme: light; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground);
}
* { box-sizing: border-box; }
body { margin: 0; }
a { color: var(--accent); }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, .scroll:focus-visible, summary:focus-visible { outline: 3px solid #d98200; outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem 1rem; }
header.top { display: flex; flex-wrap: wrap; gap: .25rem 2rem; align-items: baseline; padding: .8rem 1.5rem; background: #12293a; color: #fff; }
header.top a { color: #fff; text-decoration: none; font-weight: 650; font-size: 1.1rem; }
header.top .where { color: #cfdde7; }
.frame { display: grid; grid-template-columns: 14rem minmax(0, 1fr); min-height: calc(100vh - 3.4rem); }
nav.side { padding: 1.25rem 1rem; border-right: 1px solid var(--line); background: var(--card); }
nav.side h2 { margin: 1rem .6rem .3rem; font-size: .8rem; color: var(--quiet); }
nav.side ul { list-style: none; margin: 0; padding: 0; }
nav.side a { display: block; padding: .35rem .6rem; border-radius: 4px; text-decoration: none; }
nav.side a:hover { background: var(--ground); }
nav.side a[aria-current] { background: var(--info); font-weight: 600; }
nav.side .status { margin-top: 1.5rem; padding: .6rem; border-top: 1px solid var(--line); color: var(--quiet); }
main { padding: 1.25rem 1.75rem 3rem; max-width: 78rem; }
h1 { font-size: 1.5rem; margin: .8rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.8rem 0 .6rem; }
.banner, .card, td { overflow-wrap: break-word; }
.banner { padding: .7rem 1rem; border-left: 4px solid; border-radius: 3px; }
.banner + .banner { margin-top: .6rem; }
.banner p { margin: .1rem 0; }
.banner a + a { margin-left: 1.2rem; }
.banner.info { background: var(--info); border-color: var(--accent); }
.banner.good { background: var(--good); border-color: #2c8646; }
.banner.bad { background: var(--bad); border-color: #c0392b; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 5px; padding: 1rem 1.2rem; margin: 0 0 1rem; }
.card h2, .card > p:first-child, dd p { margin-top: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); }
caption { text-align: left; padding: .4rem 0; color: var(--quiet); }
th, td { text-align: left; padding: .45rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-size: .85rem; color: var(--quiet); font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 9px; font-size: .85rem; white-space: nowrap; background: #e8edf1; color: #33414d; }
.badge.good { background: var(--good); color: var(--good-ink); }
.badge.bad { background: var(--bad); color: var(--bad-ink); }
.badge.warn { background: #fff0d1; color: var(--warn-ink); }
.badge.info { background: var(--info); color: #0a4a70; }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3rem 1.5rem; margin: 0; }
dl.facts dt { color: var(--quiet); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
progress { width: 100%; max-width: 28rem; height: .9rem; vertical-align: middle; }
.diagnostics { list-style: none; margin: .3rem 0; padding: 0; font: .87rem/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
.diagnostics li { padding: .15rem 0; }
.names { margin: .2rem 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .2rem .9rem; }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; margin: .6rem 0 0; }
label { display: block; font-size: .85rem; color: var(--quiet); }
input, select { font: inherit; padding: .35rem .5rem; border: 1px solid #8696a3; border-radius: 4px; min-width: 14rem; }
button { font: inherit; font-weight: 600; padding: .4rem 1.1rem; border: 1px solid var(--accent); border-radius: 4px; background: var(--accent); color: #fff; cursor: pointer; }
button.danger { background: #fff; border-color: var(--bad-ink); color: var(--bad-ink); }
time span { white-space: nowrap; }
.quiet { color: var(--quiet); }
@media (max-width: 44rem) { .frame { grid-template: auto 1fr / minmax(0, 1fr); } dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; } dl.facts dd { margin-bottom: .5rem; } label, input, select { width: 100%; min-width: 0; } nav.side { border-right: 0; border-bottom: 1px solid var(--line); } main { padding: 1rem; } }
`;
