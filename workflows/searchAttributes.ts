/** Search attributes: what the lists of the Temporal UI can be filtered and sorted by. Every workflow sets its own first thing. */
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';

export const infrastructureKey = defineSearchAttributeKey('UpliftInfrastructure', 'KEYWORD');
export const environmentKey = defineSearchAttributeKey('UpliftEnvironment', 'KEYWORD');
export const releaseKey = defineSearchAttributeKey('UpliftRelease', 'KEYWORD');
/** The step a run is in: `plan`, `server`, `preparation`, `applications`, `deployment`, `tests`, `done`. */
export const stepKey = defineSearchAttributeKey('UpliftStep', 'KEYWORD');
/** What a run waits for from a person: the gate's name, `resume`, or `nobody`. */
export const waitingForKey = defineSearchAttributeKey('UpliftWaitingFor', 'KEYWORD');
export const modulesLeftKey = defineSearchAttributeKey('UpliftModulesLeft', 'INT');

export const searchAttributes = [
  infrastructureKey,
  environmentKey,
  releaseKey,
  stepKey,
  waitingForKey,
  modulesLeftKey,
] as const;

export const nobody = 'nobody';

export function environmentAttributes(infrastructure: string, environment: string): SearchAttributePair[] {
  return [
    { key: infrastructureKey, value: infrastructure },
    { key: environmentKey, value: environment },
    { key: waitingForKey, value: nobody },
  ];
}
