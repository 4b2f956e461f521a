/** What a module may be called: names are folders, packages, keys and addresses. */
import type { ModuleName } from '../../../domain/modules/module.js';
import { shortened } from '../../../domain/text.js';

/** npm's. */
const longest = 214;

const form = /^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/i;

/** npm's, and what every object of JavaScript has. */
const reserved = new Set(['node_modules', 'favicon.ico', ...Object.getOwnPropertyNames(Object.prototype)]);

/** What is wrong with a name, in words that follow it; undefined: nothing. */
export function nameProblem(name: ModuleName): string | undefined {
  const given = JSON.stringify(shortened(name, 60));
  if (name.length > longest) return `${given} has ${name.length} characters; ${longest} are the most`;
  if (!form.test(name)) {
    return `${given} is no name of a module; it has letters, digits, ".", "_" and "-", begins with a letter or digit, and may have one scope, as @acme/claims`;
  }
  if (name.toLowerCase().startsWith('@system/')) return `${given} is in the scope of the system components, @system`;
  const taken = [name, ...name.slice(1).split('/')].find(
    (part) => reserved.has(part.toLowerCase()) || reserved.has(part),
  );
  if (taken !== undefined) return `${given} is reserved: nothing can be called ${taken}`;
  return name.endsWith('.') ? `${given} ends with a dot, which not every file system keeps` : undefined;
}

/** The same for whoever does not tell small letters from capitals, as many file systems. */
export function spellingOf(name: ModuleName): string {
  return name.toLowerCase();
}
