/** Reports as they travel: through activities, histories and results, none of which takes more than 2 MB. */
import { shortened } from '../domain/text.js';

/** Characters of one text of a report: a message of the compiler with its place, the name of a module, a path. */
const longest = 250;

/** The same with every text cut. Its lists are short already: whoever makes a report names at most ten of anything. */
export function reported<Report>(report: Report): Report {
  return cut(report) as Report;
}

function cut(value: unknown): unknown {
  if (typeof value === 'string') return shortened(value, longest);
  if (Array.isArray(value)) return value.map(cut);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item)]));
}
