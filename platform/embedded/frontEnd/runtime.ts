/** The server runtime of a release: what it puts around a screen. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { html, markupOf, trusted } from '../../../http/html.js';
import { layout } from '../layout.js';

/** Both make a whole HTML document. `body` is markup, everything else text. */
export interface ServerRuntime {
  page(parts: PageParts): string;
  errorPage(parts: ErrorPageParts): string;
}

export interface Surroundings {
  readonly title: string;
  /** Full name and release of the module that the page is of; the home page has none. */
  readonly module?: string;
  readonly moduleRelease?: string;
  readonly serverRelease: string;
  readonly frontEnd: string;
  readonly navigation: readonly NavigationEntry[];
}

export interface PageParts extends Surroundings {
  readonly body: string;
}

export interface ErrorPageParts extends Surroundings {
  readonly status: number;
  readonly message: string;
}

export interface NavigationEntry {
  readonly href: string;
  readonly title: string;
  readonly application: string;
}

/** The runtime that comes with the release, else the plain one. Throws when a release's own cannot be loaded. */
export async function loadRuntime(dataFolder: string, release: string): Promise<ServerRuntime> {
  const entry = path.join(layout.release(dataFolder, release), 'server', 'index.js');
  if (!existsSync(entry)) return plainRuntime;
  const runtime: Partial<ServerRuntime> = await import(pathToFileURL(entry).href);
  const { page, errorPage } = runtime;
  if (!page || !errorPage) throw new Error(`The server runtime of ${release} has no page and errorPage: ${entry}`);
  return { page, errorPage };
}

/** For a release without a server folder, and for a page that the release's own runtime fails to make. */
export const plainRuntime: ServerRuntime = {
  page: ({ body, ...surroundings }) => plainDocument(surroundings, body),
  errorPage({ status, message, ...surroundings }) {
    const body = html`<h1>${surroundings.title}</h1><p>${message}</p><p>Status ${status}. <a href="/">Applications</a></p>`;
    return plainDocument(surroundings, markupOf(body));
  },
};

function plainDocument(
  { title, module, moduleRelease, serverRelease, frontEnd, navigation }: Surroundings,
  body: string,
): string {
  const links = navigation.map(({ href, title: text }) => html`<li><a href="${href}">${text}</a></li>`);
  const document = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head>
<body>
<nav aria-label="Screens"><ul><li><a href="/">Applications</a></li>${links}</ul></nav>
<main>
${trusted(body)}
</main>
<footer><p>Platform Server ${serverRelease}, front end ${frontEnd}${module && html`, module ${module} on ${moduleRelease ?? 'an unknown release'}`}</p></footer>
</body>
</html>
`;
  return markupOf(document);
}
