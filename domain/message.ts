/**
 * What people and scripts send: the messages to a running upgrade and the inputs that start one. Each is one JSON object; a field
 * that is not listed here is refused.
 */
import { form, optionalChoice, optionalText, optionalTexts, text, type ValueOf } from './form.js';

/** A run that continues as new hands on who paused it and why. */
const pausedFrom = { pausedBy: optionalText, pauseReason: optionalText } as const;

/** `yes`: no person waits for it, so that it gives way to an upgrade or a rollback that holds the environment. */
const unattended = optionalChoice('yes');

const place = { infrastructure: text, environment: text } as const;
const examplePlace = { infrastructure: 'acme', environment: 'Development' } as const;

/** Approvals and rejections name the gate, the plan's hash and the gate's token as the run shows them. */
const answer = { gate: text, plan: text, token: text, approver: text } as const;
const exampleAnswer = {
  gate: 'plan',
  plan: 'the hash shown',
  token: 'the token shown',
  approver: 'your name',
} as const;

/** Checks of signals and updates, by name. */
export const messages = {
  approve: form({ ...answer, reason: optionalText, accept: optionalTexts }, exampleAnswer),
  reject: form({ ...answer, reason: text }, { ...exampleAnswer, reason: 'why not' }),
  /** The approval of the gate `go live`, under the name people know it by. */
  goLive: form(
    { plan: text, token: text, approver: text, reason: optionalText },
    { plan: exampleAnswer.plan, token: exampleAnswer.token, approver: 'your name' },
  ),
  retry: form({ requestedBy: optionalText }, { requestedBy: 'your name' }),
  rollback: form({ requestedBy: text, reason: text }, { requestedBy: 'your name', reason: 'why' }),
  stop: form({ requestedBy: text, reason: optionalText }, { requestedBy: 'your name', reason: 'why' }),
  pause: form({ requestedBy: optionalText, reason: optionalText }, { requestedBy: 'your name', reason: 'why' }),
  resume: form({ requestedBy: optionalText, reason: optionalText }, { requestedBy: 'your name', reason: 'why' }),
} as const;

/** Checks of workflow inputs, by workflow. */
export const inputs = {
  /** Without `to` the newest release is proposed. `plan` is the hash of a plan that was made before; without one it is made. */
  upgradeInfrastructure: form(
    { infrastructure: text, to: optionalText, plan: optionalText, requestedBy: optionalText },
    { infrastructure: 'acme', to: '11.41.0' },
  ),
  planInfrastructure: form({ infrastructure: text, to: optionalText }, { infrastructure: 'acme', to: '11.41.0' }),
  upgradeEnvironment: form(
    { ...place, to: text, plan: optionalText, requestedBy: optionalText },
    { ...examplePlace, to: '11.41.0' },
  ),
  /** Started by the upgrade of its environment, and by nobody else: `plan` is approved. */
  goLive: form(
    { ...place, to: text, plan: text, upgrade: text, requestedBy: optionalText },
    { ...examplePlace, to: '11.41.0', plan: 'the hash', upgrade: 'acme#1' },
  ),
  rollback: form(
    { ...place, requestedBy: text, reason: text },
    { ...examplePlace, requestedBy: 'your name', reason: 'why' },
  ),
  /** `everything`: also what is prepared, once for each `upgrade`; else what failed, was skipped or never started. */
  prepareModules: form(
    {
      ...place,
      release: optionalText,
      requestedBy: optionalText,
      scope: optionalChoice('unfinished', 'everything'),
      unattended,
      upgrade: optionalText,
      ...pausedFrom,
    },
    examplePlace,
  ),
  /** `solution`: as publish all does it, in any release; else Deploy All, from 11.19.0 on. */
  deployModules: form(
    { ...place, requestedBy: optionalText, as: optionalChoice('deploy all', 'solution'), unattended, ...pausedFrom },
    examplePlace,
  ),
  publishAll: form({ ...place, requestedBy: optionalText }, examplePlace),
  nightlyDeployAll: form(place, examplePlace),
  publishModule: form(
    { ...place, module: text, requestedBy: optionalText },
    { ...examplePlace, module: '@acme/claims' },
  ),
} as const;

export type Approval = ValueOf<typeof messages.approve>;
export type Rejection = ValueOf<typeof messages.reject>;
export type PauseRequest = ValueOf<typeof messages.pause>;
export type ResumeRequest = ValueOf<typeof messages.resume>;
export type StopRequest = ValueOf<typeof messages.stop>;
export type UpgradeInfrastructureInput = ValueOf<typeof inputs.upgradeInfrastructure>;
export type UpgradeEnvironmentInput = ValueOf<typeof inputs.upgradeEnvironment>;
