/** The name of an environment at the left of its row on a picture: one that has no room there is shortened, and told whole when asked for. */
import { shortened } from '../../../domain/text.js';
import { type Html, html } from '../../../http/html.js';
import { picture } from './axis.js';

/** The widest letters take more than this, the usual ones less. */
const letter = 8;

export function nameText(name: string, y: number): Html {
  return html`<text class="name" x="0" y="${y}"><title>${name}</title>${shortened(name, Math.floor(picture.left / letter))}</text>`;
}
