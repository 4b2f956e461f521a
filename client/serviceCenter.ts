/** A client of one environment's Service Center: everything about modules and executions is read and asked for here. */
import { type ErrorCode, errors, UpliftError } from '../domain/errors.js';
import type { ModuleName } from '../domain/modules/module.js';
import type { DeploymentReport } from '../port/deployment.js';
import type { EnvironmentFacts, ModuleFacts } from '../port/inventory.js';
import type { PreparationReport } from '../port/preparation.js';
import type { PauseOfEverything } from '../store/pause.js';
import type { RunFileEnvironment } from '../store/runFile.js';

/** Rejects with the `UpliftError` that Service Center answered, or `NOT_RUNNING` when it does not answer. */
export interface ServiceCenter {
  readonly environment: string;
  /** Null: the environment is only described, and has none here. */
  readonly url: string | null;
  facts(): Promise<EnvironmentFacts>;
  /** Null: nobody has listed them. */
  modules(): Promise<readonly ModuleFacts[] | null>;
  module(name: ModuleName): Promise<ModuleDetail>;
  /** Newest first. */
  executions(): Promise<readonly Execution[]>;
  preparation(id: number): Promise<PreparationReport>;
  deployment(id: number): Promise<DeploymentReport>;
  upload(name: ModuleName, source: { user: string; files: Readonly<Record<string, string>> }): Promise<unknown>;
  /** Of everything, everywhere. */
  pause(): Promise<{ readonly paused: PauseOfEverything | null }>;
  /** Everywhere, not only in this environment. */
  pauseEverything(by: { user: string; reason: string }): Promise<unknown>;
  resumeEverything(by: { user: string; reason: string }): Promise<unknown>;
}

export interface ModuleDetail extends ModuleFacts {
  readonly producers: readonly ModuleName[];
  readonly consumers: readonly ModuleName[];
}

/** A row of the Upgrades report. */
export interface Execution {
  readonly step: 'Preparation' | 'Deployment';
  readonly id: number;
  readonly release: string;
  readonly status: PreparationReport['status'];
  readonly requestedBy: string;
  readonly started: string;
  readonly ended: string | null;
  readonly counts: { readonly done: number; readonly failed: number; readonly skipped: number; readonly left: number };
}

interface Located extends Pick<RunFileEnvironment, 'name'> {
  readonly serviceCenterUrl: string;
}

/** How long, in milliseconds, one answer may take: a module list of a large factory on a busy machine. */
const answerWithin = 30_000;

export function serviceCenter(
  { name: environment, serviceCenterUrl: url }: Located,
  dataFolder: string,
): ServiceCenter {
  const ask = <T>(method: string, path: string, body?: unknown) =>
    request<T>({ environment, url, dataFolder, method, path, body });
  const at = (name: ModuleName) => `modules/${encodeURIComponent(name)}`;
  return {
    environment,
    url,
    facts: () => ask('GET', 'environment'),
    modules: () => ask('GET', 'modules'),
    module: (name) => ask('GET', at(name)),
    executions: () => ask('GET', 'upgrades'),
    preparation: (id) => ask('GET', `upgrades/preparations/${id}`),
    deployment: (id) => ask('GET', `upgrades/deployments/${id}`),
    upload: (name, source) => ask('PUT', `${at(name)}/source`, source),
    pause: () => ask('GET', 'pause'),
    pauseEverything: (by) => ask('POST', 'pause', by),
    resumeEverything: (by) => ask('DELETE', 'pause', by),
  };
}

interface Request {
  readonly environment: string;
  readonly url: string;
  readonly dataFolder: string;
  readonly method: string;
  /** Below `/api/`. */
  readonly path: string;
  readonly body: unknown;
}

async function request<T>(asked: Request): Promise<T> {
  const { environment, url, method, path, body } = asked;
  const response = await fetch(new URL(`/api/${path}`, url), {
    method,
    signal: AbortSignal.timeout(answerWithin),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw notAnswering(asked, error);
  });
  const text = await response.text();
  if (!response.ok) throw refusal(environment, response.status, text);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function notAnswering({ environment, url, dataFolder }: Request, cause: unknown): UpliftError {
  const what = `The Service Center of ${environment} does not answer at ${url}, where ${dataFolder}/run.json says it is`;
  return new UpliftError('NOT_RUNNING', { what, next: `uplift up --data ${dataFolder}` }, { cause });
}

interface RefusalBody {
  readonly code: string;
  readonly message: string;
  readonly blockedBy?: string;
  readonly next?: string;
}

/** Its own words; what is not of the registry is a fault of the Service Center. */
function refusal(environment: string, status: number, text: string): Error {
  const body = refusalBody(text);
  if (!body || !(body.code in errors)) {
    return new Error(`The Service Center of ${environment} answered ${status}: ${body?.message ?? text.slice(0, 200)}`);
  }
  const { code, message, blockedBy, next } = body;
  return new UpliftError(code as ErrorCode, {
    what: message,
    ...(blockedBy === undefined ? {} : { blockedBy }),
    ...(next === undefined ? {} : { next }),
  });
}

function refusalBody(text: string): RefusalBody | undefined {
  try {
    const body = JSON.parse(text) as RefusalBody;
    return typeof body.code === 'string' && typeof body.message === 'string' ? body : undefined;
  } catch {
    return undefined;
  }
}
