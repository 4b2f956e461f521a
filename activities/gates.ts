/**
 * Gates: what one asks, and every answer to it, decided and recorded as evidence. The rule is that of the stored plan, read again each
 * time; what was answered is read from the evidence, so that whoever goes on with an upgrade finds its gates as they were left.
 *
 * The gate's token is this run's id and is compared here only: the answer is history, so a reset replays it, while messages that the
 * reset applies again meet the new run and are refused. Key: run and activity.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { activityInfo } from '@temporalio/activity';
import { acceptsAll, type Failed, repairedSince, toAcceptAtOnce } from '../domain/gates/accepting.js';
import {
  decide,
  type Gate,
  type GateMessage,
  type GateState,
  gateState,
  noGateWaits,
  whyOneMore,
} from '../domain/gates/gate.js';
import type { Place } from '../domain/infrastructure/place.js';
import type { GateDecision } from '../domain/plan/gateDecision.js';
import { entriesLeft, testsToSign } from '../domain/plan/plan.js';
import { type AskingRun, answersAt, type GateKey, openedBefore, recordOpened } from '../store/gates.js';
import { loadPlan } from '../store/plans.js';
import { endUpgradeRecord, upgradeRecord } from '../store/upgrades.js';
import { attemptProgress, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { drivenAt } from './driven.js';
import { keepEvidence } from './evidence.js';

/** A gate as a workflow asks it. */
export interface GateQuestion {
  readonly infrastructure: string;
  /** Empty: the whole infrastructure. */
  readonly environment: string;
  /** `acme#7` */
  readonly upgrade: string;
  /** Its hash. */
  readonly plan: string;
  readonly gate: string;
  /** What it asks about beside the plan: an answer counts as long as these texts are the same. */
  readonly about: readonly string[];
  /** Something has to be repaired: nothing is accepted as it is. */
  readonly repair?: boolean;
  /** What it said had failed: what has become of that since is one of its notes. */
  readonly failed?: Failed;
  /** Digest of what was deployed when the tests ran: an answer counts as long as that is what is deployed. */
  readonly tested?: string;
  /** The first of the runs that resets made of this one. */
  readonly firstRun: string;
  /** When this run began to ask, milliseconds since 1970 on the workflow's clock. */
  readonly asked: number;
}

/** How a gate stands. */
export interface GateStanding {
  readonly state: GateState;
  /** What an approval has to accept by name, with a reason. */
  readonly toAccept: readonly string[];
  /** What the approvals have accepted. */
  readonly accepted: readonly string[];
  /** Milliseconds since 1970; null: it waits as long as it takes. */
  readonly expiresAt: number | null;
  /** What has changed since it asked, who may approve, who has, and why one more is asked for, in sentences. */
  readonly notes: readonly string[];
}

/** What a run shows of a gate that waits. */
export interface StandingShown {
  readonly question: GateQuestion;
  readonly shown: GateStanding;
  /** Milliseconds. */
  readonly notBefore: number;
}

export interface ReceivedMessage {
  readonly upgrade: string;
  readonly environment: string;
  /** Null: no gate waits. */
  readonly question: GateQuestion | null;
  readonly message: GateMessage;
  /** The workflow's clock, milliseconds since 1970. */
  readonly now: number;
}

/** `refusal` is null when the message was taken; `standing` is null when no gate waits. */
export interface MessageAnswer {
  readonly refusal: string | null;
  readonly standing: GateStanding | null;
}

/** Milliseconds. */
const hour = 3_600_000;

/** Milliseconds between two looks at what a gate asks about; each reads the modules of an environment. */
const lookEvery = 1_000;

export const gateActivities = (dependencies: Dependencies) => {
  const { store } = dependencies;
  return {
    /** A message that came to no gate: its shape is wrong, or the run could say at once that it does not count. */
    recordRefused: explained(
      async ({
        upgrade,
        name,
        refusal,
        payload,
      }: {
        upgrade: string | null;
        name: string;
        refusal: string;
        payload: unknown;
      }): Promise<void> => {
        await keepEvidence(store, { upgrade, name, payload, refusal });
      },
    ),

    /** Open at once where an earlier run of the same upgrade was told so; else what is asked, of whom. */
    askGate: explained((question: GateQuestion): Promise<GateStanding> => standingOf(dependencies, question)),

    /**
     * Waits until it stands otherwise than `shown`: what it asks about may be repaired, or deployed anew, while people think. Answers
     * no sooner than `notBefore` milliseconds after it began, so that many changes at once are one.
     */
    awaitOtherStanding: explained(async ({ question, shown, notBefore }: StandingShown): Promise<GateStanding> => {
      const { signal, heartbeat } = attemptProgress();
      const from = Date.now() + notBefore;
      for (;;) {
        heartbeat({ gate: question.gate, of: question.upgrade });
        const standing = Date.now() < from ? shown : await standingOf(dependencies, question);
        if (!isDeepStrictEqual(standing, shown)) return standing;
        await delay(lookEvery, undefined, { signal });
      }
    }),

    answerGate: explained(
      async ({ upgrade, environment, question, message, now }: ReceivedMessage): Promise<MessageAnswer> => {
        const { kind, ...payload } = message;
        if (!question) {
          return {
            refusal: await keepEvidence(store, { upgrade, environment, name: kind, payload, refusal: noGateWaits }),
            standing: null,
          };
        }
        const asked = await readGate(dependencies, question);
        const evidence = {
          upgrade,
          environment,
          firstRun: question.firstRun,
          subject: asked.key.subject,
          name: kind,
          payload,
        };
        const refusal = await keepEvidence(store, {
          ...evidence,
          refusal: await refusalOf(dependencies, asked, message, now),
        });
        const standing = await settle(dependencies, asked, now);
        if (standing.state.kind === 'rejected' && question.gate !== 'rollback')
          await endUpgradeRecord(store, upgrade, 'rejected');
        return { refusal, standing };
      },
    ),
  };
};

async function standingOf(dependencies: Dependencies, question: GateQuestion): Promise<GateStanding> {
  const asked = await readGate(dependencies, question);
  const before = await openedBefore(dependencies.store, asked.key, asked.by);
  if (!before) return settle(dependencies, asked, question.asked);
  const { approvers, accepted } = before;
  return { ...unasked, state: { kind: 'open', approvers }, accepted };
}

const unasked = { toAccept: [], accepted: [], expiresAt: null, notes: [] } as const;

/** A gate with all that decides what its answers are worth. */
interface AskedGate {
  readonly gate: Gate;
  readonly key: GateKey;
  readonly by: AskingRun;
  readonly question: GateQuestion;
  /** Each of what an approval accepts; `gate.toAccept` may be one word for all of them. */
  readonly names: readonly string[];
  /** What is deployed is not what was tested. */
  readonly changed: boolean;
}

async function readGate(dependencies: Dependencies, question: GateQuestion): Promise<AskedGate> {
  const { infrastructure, environment, upgrade, plan, gate: name, about, tested, asked, firstRun } = question;
  const run = activityInfo().workflowExecution?.runId ?? '';
  const { expiresAfterHours, ...rule } = await ruleOf(dependencies, question);
  const { what, names } = await namesToAccept(dependencies, question);
  const requester = (await upgradeRecord(dependencies.store, upgrade))?.requestedBy ?? undefined;
  const deployed = tested === undefined ? undefined : await deployedAt(dependencies, { infrastructure, environment });
  const texts = [...about, ...(name === 'applications' ? names : []), ...(tested === undefined ? [] : [tested])];
  const gate: Gate = {
    ...rule,
    planHash: plan,
    token: run,
    toAccept: toAcceptAtOnce(what, names, digestOf(names)),
    ...(requester === undefined ? {} : { requester }),
    ...(expiresAfterHours === undefined ? {} : { expiresAt: asked + expiresAfterHours * hour }),
  };
  const subject = texts.length === 0 ? '' : digestOf(texts);
  return {
    gate,
    key: { upgrade, environment, gate: name, plan, subject },
    by: { run, firstRun },
    question,
    names,
    changed: deployed !== tested,
  };
}

async function deployedAt({ platform }: Dependencies, place: Place): Promise<string> {
  return (await drivenAt(platform, place)).checks.deployed(place);
}

/** What the plan says; a gate that it does not know asks one person. A rollback is of no plan: the file says who may. */
async function ruleOf(
  { store, platform }: Dependencies,
  question: GateQuestion,
): Promise<Omit<GateDecision, 'name'> & { readonly name: string }> {
  const { infrastructure, environment, gate: name } = question;
  const one = { name, quorum: 1, excludeRequester: false };
  if (name === 'rollback') {
    const { environments } = await platform.inventory.infrastructure(infrastructure);
    const policy = environments.find((each) => each.name === environment)?.gates.rollback;
    if (!policy) return one;
    const { approvers, ...rest } = policy;
    return { ...rest, name, ...(approvers.length > 0 ? { approvers } : {}) };
  }
  const plan = await loadPlan(store, question.plan);
  const own = plan.environments.find((each) => each.name === environment)?.gates ?? [];
  return [...plan.gates, ...own].find((decision) => decision.name === name) ?? one;
}

async function namesToAccept(
  { store, platform }: Dependencies,
  { gate, plan, infrastructure, environment, repair = false }: GateQuestion,
): Promise<{ readonly what: string; readonly names: readonly string[] }> {
  switch (repair ? 'repair' : gate) {
    case 'plan':
      return { what: 'entries', names: entriesLeft(await loadPlan(store, plan)) };
    case 'tests':
      return { what: 'tests', names: testsToSign(await loadPlan(store, plan), environment) };
    case 'applications': {
      const modules = await platform.inventory.modules({ infrastructure, environment });
      return {
        what: 'failed modules',
        names: (modules ?? []).filter(({ state }) => state === 'failed').map(({ name }) => name),
      };
    }
    default:
      return { what: '', names: [] };
  }
}

const changedSinceTested =
  'What is deployed has changed since the tests: send retry, and it is tested again before anybody approves it';

async function refusalOf(
  dependencies: Dependencies,
  asked: AskedGate,
  message: GateMessage,
  now: number,
): Promise<string | null> {
  const { gate, names, changed } = asked;
  const complete = message.kind === 'approve' && acceptsAll(message.accept ?? [], names, gate.toAccept ?? []);
  const counted = complete ? { ...message, accept: gate.toAccept ?? [] } : message;
  const answer = decide(gate, await answersOf(dependencies, asked), counted, now);
  if (answer.kind === 'refused') return answer.reason;
  return changed && message.kind === 'approve' ? changedSinceTested : null;
}

/** Records the opening, where there is one. */
async function settle(dependencies: Dependencies, asked: AskedGate, now: number): Promise<GateStanding> {
  const { gate, key, by } = asked;
  const answers = await answersOf(dependencies, asked);
  const state = gateState(gate, answers, now);
  const accepted = [...new Set(answers.flatMap((answer) => (answer.kind === 'approve' ? (answer.accept ?? []) : [])))];
  if (state.kind === 'open') await recordOpened(dependencies.store, key, by, { approvers: state.approvers, accepted });
  return {
    state,
    accepted,
    toAccept: gate.toAccept ?? [],
    expiresAt: gate.expiresAt ?? null,
    notes: notesOf(asked, state),
  };
}

/** Programs of before bound no answer to what was tested: what they let in is asked again, what was signed or accepted is not. */
function answersOf({ store }: Dependencies, { key, by, gate }: AskedGate): Promise<readonly GateMessage[]> {
  return answersAt(store, key, by, { subjectUntold: gate.name === 'applications' || gate.name === 'tests' });
}

function notesOf({ gate, question: { failed }, names, changed }: AskedGate, state: GateState): string[] {
  if (state.kind !== 'waiting') return [];
  const repaired = failed && repairedSince(failed, names);
  const more = whyOneMore(gate);
  return [
    ...(repaired === undefined ? [] : [repaired]),
    ...(changed ? [changedSinceTested] : []),
    ...(gate.approvers
      ? [`May approve: ${gate.approvers.slice(0, 10).join(', ')}${gate.approvers.length > 10 ? ', …' : ''}`]
      : []),
    ...(gate.excludeRequester && gate.requester ? [`${gate.requester} asked for it and may not approve it`] : []),
    ...(state.approvers.length > 0 ? [`Approved so far: ${state.approvers.join(', ')}`] : []),
    ...(more === undefined ? [] : [more]),
  ];
}

function digestOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}
