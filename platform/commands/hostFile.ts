/** What a host allows: the programs that its worker may run, what each is given there, and where the host keeps its journal. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type ValueName, valueNames } from '../../domain/commands/values.js';
import { UpliftError } from '../../domain/errors.js';
import { refusal } from '../../store/infrastructure/complaint.js';
import { shapeComplaints } from '../../store/infrastructure/content.js';
import { readDocument } from '../../store/infrastructure/document.js';
import { line } from '../../store/infrastructure/values.js';
import { othersMayChange } from './ownership.js';

const absolute = line(1000).refine(path.isAbsolute, 'a path begins at the root, such as /opt/site/upgrade.sh');

const variable = z
  .string()
  .max(100)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable has letters, digits and "_"')
  .regex(/^(?!UPLIFT_)/, 'variables that begin with UPLIFT_ are given by Uplift');

const pattern = line(500).refine(isPattern, 'it is no regular expression');

const patternOf = Object.fromEntries(valueNames.map((name) => [name, pattern.optional()])) as Readonly<
  Record<ValueName, z.ZodOptional<typeof pattern>>
>;

const programShape = z.strictObject({
  path: absolute.describe('The program: an absolute path'),
  values: z
    .strictObject(patternOf)
    .optional()
    .describe('Regular expressions that values have to match as a whole, by the name of the value'),
  environment: z
    .record(
      variable,
      z.union(
        [line(4000), z.strictObject({ file: absolute }), z.strictObject({ variable })],
        'a text, {file: /a/path} or {variable: NAME} is needed',
      ),
    )
    .optional()
    .describe('Variables of the program: a text, the content of a file, or a variable of the worker'),
});

const hostShape = z.strictObject({
  state: absolute.describe('The folder of the journal and the outputs: an absolute path'),
  programs: z
    .record(
      z
        .string()
        .max(60)
        .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'a program has a name of letters, digits, "_", "." and "-"'),
      programShape,
    )
    .describe('What may be run, by the name that plans use'),
});

export type HostFile = z.infer<typeof hostShape>;
export type AllowedProgram = z.infer<typeof programShape>;

/** Bytes; several times what hundred programs need. */
const mostBytes = 128 * 1024;

/** Throws `HOST_FILE_INVALID` with every mistake, or with who else might change it. `file` is absolute. */
export async function readHostFile(file: string): Promise<HostFile> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw unusable(`${file} cannot be read (${error.code})`, 'give its path with --commands');
  });
  const others = await othersMayChange(file);
  if (others !== undefined) {
    throw unusable(
      `${file} says what this host runs, and is not its owner's alone: ${others}`,
      'mend that and try again',
    );
  }
  if (bytes.length > mostBytes) throw unusable(`${file} has more than ${mostBytes / 1024} KiB`, 'make it smaller');
  const text = bytes.toString('utf8');
  const { root, complaints } = readDocument(text);
  const found = root ? [...complaints, ...shapeComplaints(hostShape, root)] : complaints;
  if (!root || found.length > 0) throw refusal(found, file, text, 'HOST_FILE_INVALID');
  return hostShape.parse(root.value);
}

function unusable(what: string, next: string): UpliftError {
  return new UpliftError('HOST_FILE_INVALID', { what, next });
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
