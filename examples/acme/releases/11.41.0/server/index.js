/** The documents of this release: what stands around a screen, and what an error looks like. */
import { style } from './style.js';

/**
 * The whole document of a screen. `body` is the screen's own markup; everything else is text and gets escaped here.
 * `moduleRelease` may be older than `serverRelease`: the footer shows both.
 */
export function page({ title, body, module, moduleRelease, serverRelease, frontEnd, navigation = [] }) {
  return document({ title, body, module, moduleRelease, serverRelease, frontEnd, navigation });
}

/** `message` is for the person in front of the browser. What else is known of the place stands in the footer. */
export function errorPage({ status, title, message, module, moduleRelease, serverRelease, frontEnd, navigation = [] }) {
  const body = `<div class="screen error"><p class="status">${escape(status)}</p><h1>${escape(title)}</h1>
<p class="lead">${escape(message)}</p><p><a class="button" href="/">Back to the applications</a></p></div>`;
  return document({ title, body, module, moduleRelease, serverRelease, frontEnd, navigation });
}

function document({ title, body, module, moduleRelease, serverRelease, frontEnd, navigation }) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
${header(navigation, module, title)}
<main id="content">
${body}
</main>
${footer(module, moduleRelease, serverRelease, frontEnd)}
</body>
</html>
`;
}

function header(navigation, module, title) {
  const applications = [...new Set(navigation.map((entry) => entry.application))];
  const current = navigation.find((entry) => belongsTo(entry, module))?.application;
  const tabs = applications.map((application) => {
    return item(entrance(navigation, application), application, application === current ? 'true' : undefined);
  });
  const screens = navigation
    .filter((entry) => entry.application === current)
    .map((entry) => item(entry.href, entry.title, belongsTo(entry, module) && entry.title === title ? 'page' : undefined));
  return `<header>
<nav class="applications" aria-label="Applications"><a class="brand" href="/">Applications</a><ul>${tabs.join('')}</ul></nav>
${screens.length > 0 ? `<nav class="screens" aria-label="Screens of ${escape(current)}"><ul>${screens.join('')}</ul></nav>` : ''}
</header>`;
}

/** The address of an application: its screen of the same name, else its first one. */
function entrance(navigation, application) {
  const screens = navigation.filter((entry) => entry.application === application);
  return (screens.find((entry) => entry.title === application) ?? screens[0]).href;
}

function item(href, text, current) {
  return `<li><a href="${escape(href)}"${current ? ` aria-current="${current}"` : ''}>${escape(text)}</a></li>`;
}

function footer(module, moduleRelease, serverRelease, frontEnd) {
  const running = module
    ? `<li>Module <b>${escape(module)}</b> on <b class="${moduleRelease === serverRelease ? 'same' : 'older'}">${escape(moduleRelease ?? 'an unknown release')}</b></li>`
    : '';
  return `<footer><ul><li>Platform Server <b>${escape(serverRelease ?? 'of an unknown release')}</b></li>${running}${
    frontEnd ? `<li>Front end <b>${escape(frontEnd)}</b></li>` : ''
  }</ul></footer>`;
}

/** Addresses start with the module's name without its scope. */
function belongsTo(entry, module) {
  return module !== undefined && entry.href.startsWith(`/${module.replace(/^@[^/]+\//, '')}/`);
}

function escape(value) {
  return String(value ?? '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
