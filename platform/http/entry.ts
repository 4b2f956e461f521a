/** The header that lets the checks in while users are kept out: its value stands on this machine, and is never shown. */
import fs from 'node:fs/promises';
import { UpliftError } from '../../domain/errors.js';
import type { EntryHeader } from '../../domain/infrastructure/infrastructure.js';

/** Read each time: whoever changes it need not start a worker again. None without `entry`. Throws `SECRET_MISSING`. */
export async function entryHeaders(entry: EntryHeader | undefined): Promise<Readonly<Record<string, string>>> {
  if (!entry) return {};
  const { header, value } = entry;
  switch (value.kind) {
    case 'variable':
      return { [header]: usable(process.env[value.name], header, `the variable ${value.name}`) };
    case 'file':
      return { [header]: usable(await contentOf(value.path, header), header, `the file ${value.path}`) };
  }
}

/** What group and others may do. */
const others = 0o077;

/** Throws for a file that others may read: it would be no secret, and it may be one that is not meant for the site. */
async function contentOf(file: string, header: string): Promise<string> {
  const missing = (why: string) =>
    secretMissing(header, `the file ${file} ${why}`, 'chmod 600, owned by whoever runs the worker');
  try {
    const stats = await fs.stat(file);
    if (!stats.isFile()) throw missing('is no file');
    if (process.platform !== 'win32' && (stats.mode & others) !== 0) throw missing('can be read by others');
    if (stats.size > mostCharacters) throw missing('holds more than one value');
    return (await fs.readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof UpliftError) throw error;
    throw missing(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

const mostCharacters = 4_000;

/** What could not be sent as it is, the program that sends it would repeat in an error. */
function usable(value: string | undefined, header: string, place: string): string {
  if (value && value.length <= mostCharacters && /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return value;
  const why = value ? 'holds what no header can carry' : 'is not set, or is empty';
  throw secretMissing(header, `${place} ${why}`, 'one line of printable ASCII characters');
}

function secretMissing(header: string, what: string, wanted: string): UpliftError {
  return new UpliftError('SECRET_MISSING', {
    what: `The header ${header}, which lets the checks in, has no value here: ${what}`,
    next: `set it on the machine of the worker: ${wanted}`,
  });
}
