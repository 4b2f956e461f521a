/**
 * Whether this host runs a command, and with what. The plan says which program and which arguments; the host's own file says which programs there
 * are, where, and what they are given there. Both have to agree, whoever sends the request.
 */
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { filled, type Values, valueNames, valuesProblem } from '../../domain/commands/values.js';
import { UpliftError } from '../../domain/errors.js';
import { placeRule, textProblem } from '../../domain/text.js';
import type { CommandRequest } from '../../port/commands.js';
import { processEnvironment } from '../processes/processEnvironment.js';
import { type AllowedProgram, type HostFile, readHostFile } from './hostFile.js';
import { othersMayChange } from './ownership.js';
import type { Program } from './program.js';

export interface Host {
  readonly name: string;
  /** Absolute path of the file that says what it allows. */
  readonly file: string;
}

/** Throws `COMMAND_REFUSED`, naming host and file. */
export async function allowedProgram(
  host: Host,
  request: CommandRequest,
  attempt: number,
): Promise<Omit<Program, 'umask'>> {
  const { command, subject } = request;
  const [name = '', ...words] = command.run;
  if (command.on !== host.name) {
    throw refused(host, `The plan runs ${name} on the host ${command.on}`, 'start a worker of that host');
  }
  const values = valuesOf(request);
  const wrong = valuesProblem(values) ?? subjectProblem(subject);
  if (wrong !== undefined)
    throw refused(host, `${name} is not run with that value: ${wrong}`, 'correct it in the plan');
  const program = await programNamed(host, name);
  checkPatterns(host, name, program, values);
  const given = filled(words, values);
  if (given.kind === 'missing') {
    const missing = given.names.map((each) => `{${each}}`).join(', ');
    const what = `${name} takes ${missing}, and the step ${request.step} has none for ${subject}`;
    throw refused(host, what, 'change its arguments in uplift.yaml and make a new plan');
  }
  await checkExecutable(host, name, program.path);
  return {
    path: program.path,
    arguments: given.arguments,
    workingFolder: path.dirname(program.path),
    environment: {
      ...processEnvironment('command'),
      ...(await environmentOf(host, name, program)),
      ...variablesOf(request, attempt),
    },
  };
}

/** Characters: what is shorter is a word of any text. */
const shortestSecret = 4;

/**
 * What the host's file gives the program without showing it there: contents of files, variables of the worker. Undefined when the file cannot be
 * read now.
 */
export async function secretsOf({ file }: Host, name: string): Promise<readonly string[] | undefined> {
  try {
    const program = ownProgram(await readHostFile(file), name);
    const hidden = Object.values(program?.environment ?? {}).filter((value) => typeof value !== 'string');
    return (await Promise.all(hidden.map(given))).filter((secret) => secret.length >= shortestSecret);
  } catch {
    return undefined;
  }
}

function valuesOf({ infrastructure, environment, upgrade, step, values }: CommandRequest): Values {
  return { ...values, infrastructure, environment, upgrade, step };
}

function subjectProblem(subject: string): string | undefined {
  const problem = textProblem(subject, placeRule);
  return problem === undefined ? undefined : `subject ${problem}`;
}

async function programNamed(host: Host, name: string): Promise<AllowedProgram> {
  const hostFile = await readHostFile(host.file).catch((error: unknown) => {
    throw error instanceof UpliftError ? unusableFile(host, error) : error;
  });
  const program = ownProgram(hostFile, name);
  if (program) return program;
  throw refused(host, `${host.file} allows no program ${name}`, `add it to programs in ${host.file}, then send retry`);
}

/** Of its mistakes only that there are some: what is wrong may be a secret. */
function unusableFile(host: Host, { parts, cause }: UpliftError): UpliftError {
  const what = cause === undefined ? parts.what : `${host.file} has mistakes`;
  const next = `uplift worker --role host:${host.name} --commands ${host.file} tells them; mend it there, then send retry`;
  return refused(host, what, next);
}

function ownProgram({ programs }: HostFile, name: string): AllowedProgram | undefined {
  return Object.hasOwn(programs, name) ? programs[name] : undefined;
}

function checkPatterns(host: Host, name: string, { values: patterns = {} }: AllowedProgram, values: Values): void {
  const wrong = valueNames.find((each) => {
    const pattern = patterns[each];
    return pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(values[each] ?? '');
  });
  if (wrong === undefined) return;
  const what = `${name} is run where ${wrong} matches ${patterns[wrong]}, as ${host.file} says, and it is ${JSON.stringify(values[wrong] ?? null)}`;
  throw refused(host, what, `change the pattern in ${host.file}, then send retry`);
}

async function checkExecutable(host: Host, name: string, file: string): Promise<void> {
  const problem = await executableProblem(file);
  if (problem === undefined) return;
  throw refused(host, `${name} is ${file} there, and ${problem}`, 'mend that, then send retry');
}

async function executableProblem(file: string): Promise<string | undefined> {
  const seen = await stat(file).catch((error: NodeJS.ErrnoException) => error.code);
  if (typeof seen !== 'object') return `that cannot be found (${seen})`;
  if (!seen.isFile()) return 'that is no file';
  const executable = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  return executable ? othersMayChange(file) : `that is not executable: chmod u+x ${file}`;
}

async function environmentOf(host: Host, name: string, { environment = {} }: AllowedProgram) {
  const entries = Object.entries(environment).map(async ([variable, value]) => {
    try {
      return [variable, await given(value)] as const;
    } catch (error) {
      const what = `${name} is given ${variable} by ${host.file}, and that cannot be read: ${(error as Error).message}`;
      throw refused(host, what, 'mend that, then send retry');
    }
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function given(value: NonNullable<AllowedProgram['environment']>[string]): Promise<string> {
  if (typeof value === 'string') return value;
  if ('file' in value) return (await readFile(value.file, 'utf8')).replace(/\r?\n$/, '');
  const found = process.env[value.variable];
  if (found === undefined) throw new Error(`the worker has no variable ${value.variable}`);
  return found;
}

function variablesOf(request: CommandRequest, attempt: number): Readonly<Record<string, string>> {
  const { token, upgrade, infrastructure, environment, step, subject, values } = request;
  return {
    UPLIFT_TOKEN: String(token),
    UPLIFT_UPGRADE: upgrade,
    UPLIFT_INFRASTRUCTURE: infrastructure,
    UPLIFT_ENVIRONMENT: environment,
    UPLIFT_STEP: step,
    UPLIFT_SUBJECT: subject,
    UPLIFT_ATTEMPT: String(attempt),
    ...(values.release === undefined ? {} : { UPLIFT_RELEASE: values.release }),
    ...(values.frontEnd === undefined ? {} : { UPLIFT_FRONT_END: values.frontEnd }),
    ...(values.action === undefined ? {} : { UPLIFT_ACTION: values.action }),
  };
}

function refused({ name, file }: Host, what: string, next: string): UpliftError {
  return new UpliftError('COMMAND_REFUSED', { what, blockedBy: `the host ${name}, whose file is ${file}`, next });
}
