/**
 * What people and scripts send: the messages to a running upgrade and the inputs that start one. Each is one JSON object; a field
 * that is not listed here is refused, and so is what is longer than its rule in text.ts allows: what is passed on from here is part of
 * activities, reports and details, and one that Temporal does not take would hold its run for ever.
 */
import {
  choice,
  name,
  optionalChoice,
  optionalName,
  optionalNames,
  optionalReason,
  optionalValues,
  placeName,
  reason,
  wholeNumber,
} from './field.js';
import { form, type ValueOf } from './form.js';

/** A run that continues as new hands on who paused it and why. */
const pausedFrom = { pausedBy: optionalName, pauseReason: optionalReason } as const;

/** `yes`: no person waits for it, so that it gives way to an upgrade or a rollback that holds the environment. */
const unattended = optionalChoice('yes');

const place = { infrastructure: placeName, environment: placeName } as const;
const examplePlace = { infrastructure: 'acme', environment: 'Development' } as const;

/** Approvals and rejections name the gate, the plan's hash and the gate's token as the run shows them. */
const answer = { gate: name, plan: name, token: name, approver: name } as const;
const exampleAnswer = {
  gate: 'plan',
  plan: 'the hash shown',
  token: 'the token shown',
  approver: 'your name',
} as const;

/** Which task, of which run, as the run shows it; and whose deed or wish it is. */
const ofTask = { task: wholeNumber, token: name, by: name } as const;
const exampleTask = { task: 12, token: 'the token shown' } as const;

/** Checks of signals and updates, by name. */
export const messages = {
  approve: form({ ...answer, reason: optionalReason, accept: optionalNames }, exampleAnswer),
  reject: form({ ...answer, reason }, { ...exampleAnswer, reason: 'why not' }),
  /** The approval of the gate `go live`, under the name people know it by. */
  goLive: form(
    { plan: name, token: name, approver: name, reason: optionalReason },
    { plan: exampleAnswer.plan, token: exampleAnswer.token, approver: 'your name' },
  ),
  /** `evidence` is what the task asks for, by field; `reason` is needed where it was not done. */
  completeTask: form(
    {
      ...ofTask,
      outcome: choice('done', 'not possible', 'failed'),
      evidence: optionalValues,
      reason: optionalReason,
    },
    { ...exampleTask, outcome: 'done', by: 'your name', evidence: { finishedAt: '2026-03-01T22:30:00Z' } },
  ),
  reopenTask: form({ ...ofTask, reason }, { ...exampleTask, by: 'your name', reason: 'why it has to be done again' }),
  retry: form({ requestedBy: optionalName }, { requestedBy: 'your name' }),
  rollback: form({ requestedBy: name, reason }, { requestedBy: 'your name', reason: 'why' }),
  stop: form({ requestedBy: name, reason: optionalReason }, { requestedBy: 'your name', reason: 'why' }),
  pause: form({ requestedBy: optionalName, reason: optionalReason }, { requestedBy: 'your name', reason: 'why' }),
  resume: form({ requestedBy: optionalName, reason: optionalReason }, { requestedBy: 'your name', reason: 'why' }),
} as const;

/** Checks of workflow inputs, by workflow. */
export const inputs = {
  /** Without `to` the newest release is proposed. `plan` is the hash of a plan that was made before; without one it is made. */
  upgradeInfrastructure: form(
    { infrastructure: placeName, to: optionalName, plan: optionalName, requestedBy: optionalName },
    { infrastructure: 'acme', to: '11.41.0' },
  ),
  planInfrastructure: form({ infrastructure: placeName, to: optionalName }, { infrastructure: 'acme', to: '11.41.0' }),
  upgradeEnvironment: form(
    { ...place, to: name, plan: optionalName, requestedBy: optionalName },
    { ...examplePlace, to: '11.41.0' },
  ),
  /** Started by the upgrade of its environment, and by nobody else: `plan` is approved. */
  goLive: form(
    { ...place, to: name, plan: name, upgrade: name, requestedBy: optionalName },
    { ...examplePlace, to: '11.41.0', plan: 'the hash', upgrade: 'acme#1' },
  ),
  rollback: form({ ...place, requestedBy: name, reason }, { ...examplePlace, requestedBy: 'your name', reason: 'why' }),
  /** `everything`: also what is prepared, once for each `upgrade`; else what failed, was skipped or never started. */
  prepareModules: form(
    {
      ...place,
      release: optionalName,
      requestedBy: optionalName,
      scope: optionalChoice('unfinished', 'everything'),
      unattended,
      upgrade: optionalName,
      ...pausedFrom,
    },
    examplePlace,
  ),
  /** `solution`: as publish all does it, in any release; else Deploy All, from 11.19.0 on. */
  deployModules: form(
    { ...place, requestedBy: optionalName, as: optionalChoice('deploy all', 'solution'), unattended, ...pausedFrom },
    examplePlace,
  ),
  publishAll: form({ ...place, requestedBy: optionalName }, examplePlace),
  nightlyDeployAll: form(place, examplePlace),
  publishModule: form(
    { ...place, module: name, requestedBy: optionalName },
    { ...examplePlace, module: '@acme/claims' },
  ),
} as const;

export type Approval = ValueOf<typeof messages.approve>;
export type Rejection = ValueOf<typeof messages.reject>;
export type TaskCompletion = ValueOf<typeof messages.completeTask>;
export type TaskReopening = ValueOf<typeof messages.reopenTask>;
export type PauseRequest = ValueOf<typeof messages.pause>;
export type ResumeRequest = ValueOf<typeof messages.resume>;
export type StopRequest = ValueOf<typeof messages.stop>;
export type UpgradeInfrastructureInput = ValueOf<typeof inputs.upgradeInfrastructure>;
export type UpgradeEnvironmentInput = ValueOf<typeof inputs.upgradeEnvironment>;
export type RollbackInput = ValueOf<typeof inputs.rollback>;
