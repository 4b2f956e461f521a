/** How an attempt went, as it is told to others: short, without secrets, and with what its end means. */
import { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Command, exitText, outcomeOf } from '../../domain/commands/command.js';
import { toldIn } from '../../domain/commands/told.js';
import { bytesOf, counted, unseen } from '../../domain/text.js';
import type { CommandReport } from '../../port/commands.js';
import { type EndRecord, files, type StartRecord } from './journal.js';

/** Bytes in UTF-8. */
const longestTail = 2_048;
/** Bytes that are read for it: colours and secrets are taken out. */
const readForTail = 16_384;

const anyUnseen = new RegExp(`[${unseen}]`, 'gu');

/** The end of an output, as lines of text that show nothing but themselves. `secrets` undefined: nobody knows what must not be shown. */
export async function tailOf(folder: string, secrets: readonly string[] | undefined): Promise<string> {
  if (!secrets) return '';
  const raw = await lastBytes(path.join(folder, files.output));
  const lines = stripVTControlCharacters(without(secrets, raw))
    .split(/[\r\n]+/)
    .map((line) => line.replaceAll('\t', ' ').replaceAll(anyUnseen, '\uFFFD').trimEnd());
  let tail = lines.filter((line) => line !== '').join('\n');
  while (bytesOf(tail) > longestTail) tail = tail.slice(Math.max(1, Math.ceil((bytesOf(tail) - longestTail) / 4)));
  return tail.replace(/^[\uDC00-\uDFFF]/, '');
}

export async function reportOf(
  host: string,
  folder: string,
  { start, end }: { readonly start: StartRecord; readonly end: EndRecord | null },
  command: Command,
  secrets: readonly string[] | undefined,
): Promise<CommandReport> {
  const exit = end?.exit ?? { kind: 'lost' };
  const told = toldIn(secrets && end?.told ? without(secrets, end.told) : undefined);
  return {
    host,
    command: start.command.join(' '),
    attempt: start.attempt,
    outcome: outcomeOf(exit, command),
    exitCode: exit.kind === 'exited' ? exit.code : null,
    signal: exit.kind === 'signalled' ? exit.signal : null,
    started: start.started,
    ended: end?.ended ?? null,
    tail: await tailOf(folder, secrets),
    outputFile: path.join(folder, files.output),
    result: told.kind === 'result' ? told.value : null,
    remarks: [
      `It ${exitText(exit, start)}`,
      ...(told.kind === 'refused' ? [`Its result ${told.reason}, and is left out`] : []),
      ...(end && end.leftOut > 0 ? [`${counted(end.leftOut)} bytes of its output are not kept`] : []),
      ...(end && end.survivors > 0 ? [`${end.survivors} of its processes could not be ended`] : []),
      ...(secrets ? [] : ['What it has printed is not shown: the file of its host cannot be read']),
    ],
  };
}

function without(secrets: readonly string[], text: string): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '•••'), text);
}

async function lastBytes(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, readForTail);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}
