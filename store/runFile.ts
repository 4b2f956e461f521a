/** run.json in the data folder: how a command in another terminal finds a running `uplift up`. */
import fs from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { replaceFile } from '../database/disk.js';
import { writing } from '../database/fullDisk.js';
import { UpliftError } from '../domain/errors.js';

const shape = z.strictObject({
  infrastructure: z.string().min(1),
  /** Of `uplift up`. */
  pid: z.int().positive(),
  /** ISO 8601 UTC. */
  startedAt: z.iso.datetime(),
  temporal: z.strictObject({
    /** `host:port` */
    address: z.string().min(1),
    namespace: z.string().min(1),
    /** Where its Web UI answers; null when somebody else runs the server and we do not know. */
    ui: z.url().nullable(),
  }),
  /** Of the data folder. */
  installation: z.strictObject({
    id: z.string().regex(/^[0-9a-f]{8}$/),
    /** ISO 8601 UTC. */
    madeAt: z.iso.datetime(),
    formerQueue: z.boolean(),
  }),
  environments: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        stage: z.string().min(1),
        /** Null: unknown. */
        applicationsUrl: z.url().nullable(),
        /** Null: it is only described, and has none here. */
        serviceCenterUrl: z.url().nullable(),
      }),
    )
    .min(1),
});

export type RunFile = z.infer<typeof shape>;
export type RunFileEnvironment = RunFile['environments'][number];

/** An environment whose platform is embedded. */
export interface EmbeddedRun extends RunFileEnvironment {
  readonly applicationsUrl: string;
  readonly serviceCenterUrl: string;
}

export function embeddedIn({ environments }: Pick<RunFile, 'environments'>): readonly EmbeddedRun[] {
  return environments.flatMap(({ applicationsUrl, serviceCenterUrl, ...one }) =>
    applicationsUrl === null || serviceCenterUrl === null ? [] : [{ ...one, applicationsUrl, serviceCenterUrl }],
  );
}

/** `undefined` when there is none. Throws `INPUT_INVALID`, naming the field, for one that this version does not write. */
export async function readRunFile(dataFolder: string): Promise<RunFile | undefined> {
  const file = runFilePath(dataFolder);
  const text = await fs.readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const result = shape.safeParse(json(text));
  if (result.success) return result.data;
  throw new UpliftError('INPUT_INVALID', {
    what: `${file} cannot be used: ${z.prettifyError(result.error).replaceAll('\n', ' ')}`,
    next: `uplift up --data ${dataFolder} writes it again`,
  });
}

/** Readers see the former file or this one, never a part. Throws `DISK_FULL`. */
export async function writeRunFile(dataFolder: string, run: RunFile): Promise<void> {
  const file = runFilePath(dataFolder);
  const text = `${JSON.stringify(shape.parse(run), null, 2)}\n`;
  await writing('run.json', file, () => replaceFile(file, text));
}

/** Does nothing when there is none. */
export async function removeRunFile(dataFolder: string): Promise<void> {
  await fs.rm(runFilePath(dataFolder), { force: true });
}

export function runFilePath(dataFolder: string): string {
  return path.join(dataFolder, 'run.json');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
