/** The parts that pages of Service Center are made of. */
import { isCut } from '../../../../domain/modules/diagnostics.js';
import type { Diagnostic, Lock, ModuleName, ModuleState, SkipCause } from '../../../../domain/modules/module.js';
import { type Html, type HtmlValue, html } from '../../../../http/html.js';
import type { PreparationReport } from '../../../../port/preparation.js';

type Tone = 'good' | 'bad' | 'warn' | 'info' | 'plain';

export function badge(text: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** `1 module`, `3 modules`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function stateBadge(state: ModuleState): Html {
  const tones: Record<ModuleState, Tone> = {
    pending: 'plain',
    preparing: 'info',
    prepared: 'good',
    failed: 'bad',
    skipped: 'warn',
    'not applicable': 'plain',
  };
  return badge(state, tones[state]);
}

export function statusBadge(status: PreparationReport['status']): Html {
  const tones = {
    running: 'info',
    finished: 'good',
    'finished with errors': 'bad',
    stopped: 'warn',
    failed: 'bad',
  } as const;
  return badge(status, tones[status]);
}

/** ISO 8601 UTC, as people read it. */
export function time(iso: string | null): HtmlValue {
  return (
    iso && html`<time datetime="${iso}"><span>${iso.slice(0, 10)}</span> <span>${iso.slice(11, 19)} UTC</span></time>`
  );
}

export function moduleLink(name: ModuleName): Html {
  return html`<a href="${moduleAddress(name)}">${name}</a>`;
}

export function moduleAddress(name: ModuleName): string {
  return `/ServiceCenter/modules/${encodeURIComponent(name)}`;
}

export function moduleNames(names: readonly ModuleName[], none: string): Html {
  if (names.length === 0) return html`<p class="quiet">${none}</p>`;
  return html`<ul class="names">${names.map((name) => html`<li>${moduleLink(name)}</li>`)}</ul>`;
}

export interface Column<T> {
  readonly header: string;
  readonly cell: (row: T) => HtmlValue;
  readonly numeric?: boolean;
}

export function table<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[], empty: string): Html {
  if (rows.length === 0) return html`<p class="quiet">${empty}</p>`;
  const kind = ({ numeric }: Column<T>) => (numeric ? 'number' : 'text');
  const heads = columns.map((column) => html`<th scope="col" class="${kind(column)}">${column.header}</th>`);
  const lines = rows.map((row) => {
    const cells = columns.map((column) => html`<td class="${kind(column)}">${column.cell(row)}</td>`);
    return html`<tr>${cells}</tr>\n`;
  });
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>${lines}</tbody></table></div>`;
}

export function facts(entries: readonly (readonly [name: string, value: HtmlValue])[]): Html {
  return html`<dl class="facts">${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

export function diagnosticsList(diagnostics: readonly (Diagnostic & { readonly module?: ModuleName })[]): HtmlValue {
  if (diagnostics.length === 0) return null;
  const lines = diagnostics.map(
    (diagnostic) =>
      html`<li>${diagnostic.module && html`${diagnostic.module} `}${placeOf(diagnostic)}${!isCut(diagnostic) && html`<b>${diagnostic.code}</b> `}${diagnostic.message}</li>`,
  );
  return html`<ul class="diagnostics">${lines}</ul>`;
}

/** The failed module at the root and the way to it (PREP-07). */
export function causeText(cause: SkipCause | null): HtmlValue {
  if (!cause) return null;
  const way = cause.path.map((name, index) => html`${index > 0 && ' → '}${moduleLink(name)}`);
  return html`because of ${moduleLink(cause.module)} (${way})`;
}

export function lockText(lock: Lock | null): HtmlValue {
  return lock && html`${lock.operation} of ${lock.holder} since ${time(lock.since)}`;
}

/** Who presses the button beside it. */
export const nameField = html`<label>Your name <input name="user" required maxlength="200" autocomplete="username"></label>`;

/** A button that asks who presses it. */
export function commandForm(action: string, text: string, style: 'plain' | 'danger' = 'plain'): Html {
  return html`<form class="row" method="post" action="${action}">
${nameField}
<button class="${style}">${text}</button>
</form>`;
}

export function progressBar(percent: number, what: string): Html {
  return html`<p><progress max="100" value="${percent}" aria-label="${what}"></progress> ${percent} %</p>`;
}

function placeOf({ file, line }: Diagnostic): string {
  if (file === '') return '';
  return line === 0 ? `${file} ` : `${file}:${line} `;
}

export function releaseAddress(release: string): string {
  return `/ServiceCenter/releases/${encodeURIComponent(release)}`;
}
