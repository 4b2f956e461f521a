/** Search attributes: what the lists of the Temporal UI can be filtered and sorted by. Every workflow sets its own first thing. */

interface Keyword {
  readonly name: string;
  readonly type: 'KEYWORD';
}

const keyword = (name: string): Keyword => ({ name, type: 'KEYWORD' });

export const infrastructureKey = keyword('UpliftInfrastructure');
export const environmentKey = keyword('UpliftEnvironment');
export const releaseKey = keyword('UpliftRelease');
/** The step a run is in: `plan`, `server`, `preparation`, `applications`, `deployment`, `tests`, `done`. */
export const stepKey = keyword('UpliftStep');
/** What a run waits for from a person: the gate's name, `task`, `resume`, or `nobody`. */
export const waitingForKey = keyword('UpliftWaitingFor');
export const modulesLeftKey = { name: 'UpliftModulesLeft', type: 'INT' } as const;

export const searchAttributes = [
  infrastructureKey,
  environmentKey,
  releaseKey,
  stepKey,
  waitingForKey,
  modulesLeftKey,
] as const;

export const nobody = 'nobody';
/** Where only tasks wait. */
export const taskWaits = 'task';

export function environmentAttributes(
  infrastructure: string,
  environment: string,
): { readonly key: Keyword; readonly value: string }[] {
  return [
    { key: infrastructureKey, value: infrastructure },
    { key: environmentKey, value: environment },
    { key: waitingForKey, value: nobody },
  ];
}
