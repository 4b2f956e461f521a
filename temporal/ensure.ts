/**
 * What Uplift needs of a Temporal namespace, made sure of without doing anything twice: the namespace itself, how long it keeps
 * finished runs, and the search attributes. A run that sets one the server does not know fails its tasks for ever.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';
import { searchAttributes } from '../contract/searchAttributes.js';
import {
  grpc,
  hasCode,
  mayNot,
  namespaceRefused,
  otherType,
  type SearchAttribute,
  searchAttributesMissing,
  wireTypes,
} from './refusals.js';

export interface TemporalNeeds {
  readonly namespace: string;
  /** Finished runs are kept at least so many days; a longer retention is left alone. */
  readonly retentionDays: number;
  readonly searchAttributes: readonly SearchAttribute[];
}

/** What every part of Uplift needs of its namespace. */
export function needsOf(namespace: string): TemporalNeeds {
  return { namespace, retentionDays, searchAttributes };
}

/** An upgrade of all environments takes weeks, and its history is what people look at afterwards. */
const retentionDays = 90;

type Services = Pick<Connection, 'workflowService' | 'operatorService'>;

const millisecondsPerDay = 86_400_000;
/** A server takes a second, a cluster some, until every part of it knows what was added; in milliseconds. */
const usableWithin = 30_000;
const lookEvery = 200;

/**
 * Makes what is missing and returns once runs can be started with it; several callers at once are fine.
 *
 * Throws `NAMESPACE_UNAVAILABLE` or `SEARCH_ATTRIBUTE_MISSING`, with the command for whoever may, when this connection may not,
 * when a search attribute has another type, or when what was added does not become usable in time.
 */
export async function ensureTemporal(services: Services, needs: TemporalNeeds): Promise<void> {
  const deadline = Date.now() + usableWithin;
  await ensureNamespace(services, needs);
  await ensureRetention(services, needs);
  await ensureSearchAttributes(services, needs, deadline);
  await searchAttributesUsable(services, needs, deadline);
}

async function ensureNamespace({ workflowService }: Services, needs: TemporalNeeds): Promise<void> {
  const { namespace, retentionDays } = needs;
  try {
    await workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (!hasCode(error, grpc.notFound)) {
      throw namespaceRefused(error, 'describe', `Namespace ${namespace} cannot be read`, needs);
    }
    const workflowExecutionRetentionPeriod = msToTs(retentionDays * millisecondsPerDay);
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod }).catch((refusal) => {
      if (hasCode(refusal, grpc.alreadyExists)) return;
      throw namespaceRefused(refusal, 'create', `Namespace ${namespace} does not exist`, needs);
    });
  }
}

async function ensureRetention({ workflowService }: Services, needs: TemporalNeeds): Promise<void> {
  const { namespace, retentionDays } = needs;
  const { config } = await workflowService.describeNamespace({ namespace });
  const keeps = tsToMs(config?.workflowExecutionRetentionTtl);
  const wanted = retentionDays * millisecondsPerDay;
  if (keeps >= wanted) return;
  await workflowService
    .updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: msToTs(wanted) } })
    .catch((refusal) => {
      const days = Math.floor(keeps / millisecondsPerDay);
      const what = `Namespace ${namespace} keeps finished runs for ${days} days, and ${retentionDays} are needed`;
      throw namespaceRefused(refusal, 'update', what, needs);
    });
}

async function ensureSearchAttributes(services: Services, needs: TemporalNeeds, deadline: number): Promise<void> {
  const { namespace } = needs;
  const missing = await missingSearchAttributes(services, needs, deadline);
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, wireTypes[type]]));
  await services.operatorService.addSearchAttributes({ namespace, searchAttributes }).catch((refusal) => {
    if (!hasCode(refusal, ...mayNot, grpc.invalidArgument)) throw refusal;
    throw searchAttributesMissing(namespace, missing, `were refused (${refusal.details})`, refusal);
  });
}

/**
 * Throws when one of them exists with another type: asked to add it, the server would say yes and change nothing. None is missing
 * where this connection may not look: whether they can be used decides then.
 */
async function missingSearchAttributes(
  { operatorService }: Services,
  { namespace, searchAttributes }: TemporalNeeds,
  deadline: number,
): Promise<readonly SearchAttribute[]> {
  const listed = await untilAccepted(deadline, [grpc.notFound], () =>
    operatorService.listSearchAttributes({ namespace }),
  ).catch((refusal) => {
    if (hasCode(refusal, ...mayNot)) return undefined;
    throw refusal;
  });
  if (!listed) return [];
  const { customAttributes } = listed;
  for (const wanted of searchAttributes) {
    const type = customAttributes[wanted.name];
    if (type !== undefined && type !== wireTypes[wanted.type]) throw otherType(namespace, wanted, type);
  }
  return searchAttributes.filter(({ name }) => customAttributes[name] === undefined);
}

/**
 * A count whose query names them all is checked as a start that sets them is, against what the server has in memory, and leaves no
 * trace.
 */
async function searchAttributesUsable(
  { workflowService }: Services,
  { namespace, searchAttributes }: TemporalNeeds,
  deadline: number,
): Promise<void> {
  const query = searchAttributes.map(({ name }) => `\`${name}\` IS NULL`).join(' AND ');
  const notYet = [grpc.notFound, grpc.invalidArgument];
  await untilAccepted(deadline, notYet, () => workflowService.countWorkflowExecutions({ namespace, query })).catch(
    (refusal) => {
      if (!hasCode(refusal, ...notYet)) throw refusal;
      throw searchAttributesMissing(namespace, searchAttributes, `are not usable yet (${refusal.details})`, refusal);
    },
  );
}

/** Repeats a request that is refused with one of `codes`, until `deadline`; then its refusal is thrown. */
async function untilAccepted<T>(deadline: number, codes: readonly number[], request: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!hasCode(error, ...codes) || Date.now() >= deadline) throw error;
      await delay(lookEvery);
    }
  }
}
