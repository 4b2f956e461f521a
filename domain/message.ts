/**
 * What people and scripts send: the messages to a running upgrade and the inputs that start one. Each is one JSON object; a field
 * that is not listed here is refused.
 */
import { form, optionalChoice, optionalText, optionalTexts, text, type ValueOf } from './form.js';

const place = { infrastructure: text, environment: text } as const;
const examplePlace = { infrastructure: 'acme', environment: 'development' } as const;

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
  /** Without `modules` everything that failed or was skipped. */
  retry: form({ requestedBy: optionalText, modules: optionalTexts }, { requestedBy: 'your name' }),
  pause: form({ requestedBy: optionalText, reason: optionalText }, { requestedBy: 'your name', reason: 'why' }),
  resume: form({ requestedBy: optionalText, reason: optionalText }, { requestedBy: 'your name', reason: 'why' }),
} as const;

/** Checks of workflow inputs, by workflow. */
export const inputs = {
  /** `plan` is the hash of a plan that was made before. */
  upgradeEnvironment: form(
    { ...place, to: text, plan: optionalText, requestedBy: optionalText, deploy: optionalChoice('all', 'none') },
    { ...examplePlace, to: '11.41.0' },
  ),
  prepareModules: form({ ...place, release: optionalText, requestedBy: optionalText }, examplePlace),
  /** Without `modules` every module that is prepared and not deployed. */
  deployModules: form({ ...place, requestedBy: optionalText, modules: optionalTexts }, examplePlace),
  nightlyDeployAll: form(place, examplePlace),
  publishModule: form(
    { ...place, module: text, requestedBy: optionalText },
    { ...examplePlace, module: '@acme/claims' },
  ),
} as const;

export type Approval = ValueOf<typeof messages.approve>;
export type Rejection = ValueOf<typeof messages.reject>;
export type RetryRequest = ValueOf<typeof messages.retry>;
export type PauseRequest = ValueOf<typeof messages.pause>;
export type ResumeRequest = ValueOf<typeof messages.resume>;
export type UpgradeEnvironmentInput = ValueOf<typeof inputs.upgradeEnvironment>;
export type PrepareModulesInput = ValueOf<typeof inputs.prepareModules>;
export type DeployModulesInput = ValueOf<typeof inputs.deployModules>;
export type NightlyDeployAllInput = ValueOf<typeof inputs.nightlyDeployAll>;
export type PublishModuleInput = ValueOf<typeof inputs.publishModule>;
