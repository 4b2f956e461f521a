/** What is known of a release, where *Release Notes* leads to (PREP-15). */
import { findRelease } from '../../../../domain/releases/release.js';
import { releases } from '../../../../domain/releases/releases.js';
import { html } from '../../../../http/html.js';
import type { PageContent } from './layout.js';
import { facts } from './parts.js';

/** Of a release of its own making, as factories bring it, nothing is known but its number. */
export function releasePage(release: string): PageContent {
  const known = findRelease(releases, release);
  const notes = known?.notes ?? [];
  return {
    title: `Release Notes of ${release}`,
    section: 'none',
    content: html`<div class="card">${facts([
      ['Platform Server', release],
      ['Date', known?.date ?? 'not known'],
      ['Kind', known?.kind ?? 'not known'],
    ])}</div>
<h2>What is new</h2>
${
  notes.length === 0
    ? html`<p>${known ? 'Fixes only, as far as is known.' : 'Nothing is known of this release.'}</p>`
    : html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`
}`,
  };
}
