/** Evidence as it is typed: `--set name=value`, each read as the kind that its task asks for; `name=@path` names a file. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Option } from 'commander';
import { UpliftError } from '../../domain/errors.js';
import type { EvidenceField, EvidenceValue, FileEvidence } from '../../domain/tasks/evidenceField.js';
import { shortened } from '../../domain/text.js';

export interface SetField {
  readonly name: string;
  readonly text: string;
}

/** Several, in one option or in one each. */
export const setOption = () =>
  new Option('--set <field=value...>', 'evidence that the task asks for; field=@path names a file').argParser(
    (value: string, former: readonly SetField[] | undefined): readonly SetField[] => {
      const at = value.indexOf('=');
      const field = { name: value.slice(0, at).trim(), text: value.slice(at + 1) };
      if (at > 0 && !former?.some(({ name }) => name === field.name)) return [...(former ?? []), field];
      throw new UpliftError('INPUT_INVALID', {
        what: `--set ${shortened(value, 60)} ${at > 0 ? 'is set twice' : 'has no field and value'}`,
        next: 'give each field once: --set finishedAt=2026-03-01T22:30:00Z log=@install.log',
      });
    },
  );

/** By name; a field that the task does not ask for stays a text, and is refused by the run. Throws `INPUT_INVALID` for no file. */
export async function evidenceOf(
  fields: readonly EvidenceField[],
  set: readonly SetField[],
): Promise<Readonly<Record<string, EvidenceValue>>> {
  const entries = set.map(async ({ name, text }) => {
    const field = fields.find((one) => one.name === name);
    return [name, await readAs(field, text)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function readAs(field: EvidenceField | undefined, text: string): Promise<EvidenceValue> {
  switch (field?.kind) {
    case 'number':
      return /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : text;
    case 'file':
      return fileEvidence(field.name, text);
    case 'text':
    case 'moment':
    case 'choice':
    case undefined:
      return text;
  }
}

/** Throws `INPUT_INVALID`. */
async function fileEvidence(field: string, text: string): Promise<FileEvidence> {
  const next = `uplift complete … --set ${field}=@PATH`;
  if (!text.startsWith('@')) throw new UpliftError('INPUT_INVALID', { what: `${field} is a file`, next });
  const file = text.slice(1);
  const hash = createHash('sha256');
  let size = 0;
  try {
    await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
      }
    });
  } catch (error) {
    throw new UpliftError('INPUT_INVALID', { what: `${file} cannot be read: ${(error as Error).message}`, next });
  }
  return { name: path.basename(file), size, sha256: hash.digest('hex') };
}
