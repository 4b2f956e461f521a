/** What stands on every page: the environment, the sidebar, the banner (PREP-10, PREP-13, PREP-14). */

import { doorText, whatOpensTheDoor } from '../../../../domain/goLive/door.js';
import { banner } from '../../../../domain/modules/preparation.js';
import { applicationsPath } from '../../../../domain/releases/applicationsPath.js';
import { type Html, type HtmlValue, html, markupOf } from '../../../../http/html.js';
import type { PreparationReport } from '../../../../port/preparation.js';
import type { EmbeddedEnvironment } from '../../facts.js';
import { releaseAddress } from './parts.js';

export interface PageFrame {
  readonly facts: EmbeddedEnvironment;
  /** The latest one. */
  readonly preparation: PreparationReport | undefined;
}

export interface PageContent {
  readonly title: string;
  /** Which entry of the sidebar is the current one. */
  readonly section: 'overview' | 'modules' | 'upgrades' | 'none';
  readonly content: HtmlValue;
  /** Asks for the page again after two seconds: something it shows is running, and nothing on it can be typed into. */
  readonly refresh?: boolean;
}

export function pageDocument(frame: PageFrame, { title, section, content, refresh = false }: PageContent): string {
  const { name, stage, serverRelease } = frame.facts;
  return markupOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh && html`<meta http-equiv="refresh" content="2">`}
<title>${title} - ${name} - Service Center</title>
<link rel="icon" type="image/svg+xml" href="/ServiceCenter/icon.svg">
<link rel="stylesheet" href="/ServiceCenter/style.css">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="top"><a href="/ServiceCenter/">Service Center</a><span class="where">${name} (${stage}), Platform Server ${serverRelease}</span></header>
<div class="frame">
${sidebar(frame, section)}
<main id="content">
${doorOf(frame)}
${bannerOf(frame)}
<h1>${title}</h1>
${content}
</main>
</div>
</body>
</html>
`);
}

function sidebar({ preparation }: PageFrame, section: PageContent['section']): Html {
  const entry = (href: string, text: string, at: PageContent['section']) =>
    html`<li><a href="${href}"${at === section && html` aria-current="page"`}>${text}</a></li>`;
  const running = preparation?.status === 'running' && preparation;
  return html`<nav class="side" aria-label="Service Center">
<ul>${entry('/ServiceCenter/', 'Overview', 'overview')}</ul>
<h2>Factory</h2>
<ul>${entry('/ServiceCenter/modules', 'Modules', 'modules')}${entry('/ServiceCenter/upgrades', 'Upgrades', 'upgrades')}</ul>
${running && html`<div class="status">Preparing modules: ${running.percent} %<a href="${inProgress(running)}">More details</a></div>`}
</nav>`;
}

/** Users are kept out: nothing on a page looks well while they are. */
function doorOf({ facts: { door } }: PageFrame): HtmlValue {
  if (!door) return null;
  return html`<div class="banner bad" role="status"><p>${sentence(doorText(door))}</p><p>${sentence(whatOpensTheDoor)}</p></div>`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function bannerOf(frame: PageFrame): HtmlValue {
  const { preparation } = frame;
  if (!preparation) return null;
  const links = bannerLinks(frame, preparation).map(([href, text]) => html`<a href="${href}">${text}</a>`);
  // "Ready" is said of what users can use.
  if (frame.facts.door && preparation.status === 'finished') {
    return html`<div class="banner info" role="status"><p>Every module is prepared.</p><p>${links}</p></div>`;
  }
  const lines = banner({ ...preparation, prepared: preparation.preparedInIt }).map(
    (line) => html`<p>${lineWithLink(line, preparation)}</p>`,
  );
  return html`<div class="banner ${tones[preparation.status]}" role="status">${lines}<p>${links}</p></div>`;
}

const tones = {
  running: 'info',
  finished: 'good',
  'finished with errors': 'bad',
  stopped: 'bad',
  failed: 'bad',
} as const;

/** The message that there were errors leads to them (PREP-13), *Release Notes* to those of the release (PREP-15). */
function lineWithLink(line: string, { preparation, release }: PreparationReport): HtmlValue {
  if (line.startsWith('There were errors')) {
    return html`<a href="${preparationAddress(preparation)}#unfinished">${line}</a>`;
  }
  const [before, after] = line.split('Release Notes');
  if (after === undefined) return line;
  return html`${before}<a href="${releaseAddress(release)}">Release Notes</a>${after}`;
}

function bannerLinks(
  { facts }: PageFrame,
  preparation: PreparationReport,
): readonly (readonly [href: string, text: string])[] {
  const path = applicationsPath(facts.serverRelease, facts.serverRelease, {}).preparation;
  if (path.kind !== 'none' && path.reportPage !== 'Factory > Upgrades') {
    return [[path.reportPage, 'Click here for more details']];
  }
  switch (preparation.status) {
    case 'running':
      return [[inProgress(preparation), 'current preparation details']];
    case 'finished':
    case 'finished with errors':
    case 'stopped':
    case 'failed':
      return [['/ServiceCenter/upgrades', 'go to Upgrades']];
  }
}

function inProgress({ preparation }: PreparationReport): string {
  return `${preparationAddress(preparation)}#in-progress`;
}

function preparationAddress(preparation: number): string {
  return `/ServiceCenter/upgrades/preparations/${preparation}`;
}
