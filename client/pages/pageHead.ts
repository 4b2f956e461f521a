/** How a page that people keep as a file begins: no script, nothing from elsewhere. */
import { type Html, html, trusted } from '../../http/html.js';
import { pageStyle } from './pageStyle.js';

/** To the end of `head`. */
export function pageHead(title: string): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${trusted(pageStyle)}</style>
</head>`;
}
