/** One module: how it stands, what it consumes, its errors, and what can be done with it. */

import { notUpgradedText } from '../../../../domain/modules/publication.js';
import { type Html, html } from '../../../../http/html.js';
import type { EmbeddedEnvironment } from '../../facts.js';
import type { ModuleDetail } from '../operations.js';
import type { PageContent } from './layout.js';
import {
  causeText,
  commandForm,
  diagnosticsList,
  facts,
  lockText,
  moduleAddress,
  moduleNames,
  nameField,
  stateBadge,
  time,
} from './parts.js';

/** `notice`: what was just done. */
export function modulePage(environment: EmbeddedEnvironment, module: ModuleDetail, notice?: string): PageContent {
  const address = moduleAddress(module.name);
  return {
    title: module.name,
    section: 'modules',
    content: html`${notice && html`<p class="banner good" role="status">${notice}</p>`}
<div class="card">${facts([
      ['Status', statusText(environment, module)],
      ['State', html`${stateBadge(module.state)} ${causeText(module.cause)}`],
      ['Application', `${module.application} (${module.kind})`],
      ['Version', module.version],
      ['Last published', time(module.publishedAt) ?? 'never'],
      ['Compiled for', module.release ?? 'never'],
      ['Deployed', module.deployedRelease ?? 'never'],
      ['Locked by', lockText(module.lock) ?? 'nobody'],
      ['Can be published', module.publishable ? 'yes' : 'not now'],
    ])}</div>
${module.diagnostics.length > 0 && html`<h2>Errors of the last compilation</h2><div class="card">${diagnosticsList(module.diagnostics)}</div>`}
<h2>References</h2>
<div class="card">${facts([
      ['Consumes', moduleNames(module.producers, 'No other module')],
      ['Consumed by', moduleNames(module.consumers, 'No other module')],
    ])}</div>
<h2>Upload</h2>
<div class="card"><p>A new version of its sources: choose the module's folder. Of it <code>package.json</code> and the TypeScript files in <code>src</code> are taken, and replace all that the module has: what the folder no longer has is gone. Without a <code>package.json</code> that stays as it is. Nothing is compiled before you publish.</p>
<form class="row" method="post" enctype="multipart/form-data" action="${address}/upload">
<label>Folder <input type="file" name="files" webkitdirectory multiple required></label>
${nameField}
<button>Upload</button>
</form></div>
<h2>Publish</h2>
<div class="card">Compiles the newest uploaded source and deploys it to every front end.
${commandForm(`${address}/publish`, 'Publish')}</div>
<h2>Configuration</h2>
<div class="card">${settingsForm(address, module.settings)}</div>
<h2>Delete</h2>
<div class="card">Takes the module out of this environment. Refused while another module consumes it.
<p><a href="${address}/delete">Delete ${module.name} …</a></p></div>`,
  };
}

/** Asks before it deletes. */
export function deletePage(environment: EmbeddedEnvironment, module: ModuleDetail): PageContent {
  const address = moduleAddress(module.name);
  const { length } = module.consumers;
  return {
    title: `Delete ${module.name}?`,
    section: 'modules',
    content: html`<div class="card"><p>${module.name} is taken out of ${environment.name}, with its sources and settings: nothing brings it back.</p>
${
  length > 0
    ? html`<p>It cannot be deleted: it is consumed by ${moduleNames(module.consumers, '')}</p>`
    : commandForm(`${address}/delete`, 'Delete', 'danger')
}
<p><a href="${address}">Keep it</a></p></div>`,
  };
}

/** The vendor's status of a module that has not been compiled in the environment's release (PREP-06). */
function statusText({ serverRelease }: EmbeddedEnvironment, { state, release, upToDate }: ModuleDetail): string {
  if (state === 'not applicable') return 'This module was never published.';
  if (state !== 'prepared' || release !== serverRelease) return notUpgradedText;
  return upToDate ? 'Up to date.' : 'Prepared for the current environment version, and not deployed yet.';
}

function settingsForm(address: string, settings: Readonly<Record<string, string>>): Html {
  const names = Object.keys(settings);
  const fields = names.map(
    (name) => html`<label>${name} <input name="setting.${name}" value="${settings[name]}" maxlength="4000"></label>`,
  );
  return html`${names.length === 0 && html`<p class="quiet">Nothing is applied here: the module uses its own defaults.</p>`}
<form method="post" action="${address}/apply-configurations">
<div class="row">${fields}</div>
<div class="row"><label>Another setting <input name="name" maxlength="200"></label>
<label>Its value <input name="value" maxlength="4000"></label></div>
<div class="row">${nameField}
<button>Apply</button></div>
</form>`;
}
