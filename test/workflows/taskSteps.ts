/** A workflow of tests alone: an upgrade's run whose steps ask people for tasks, and for nothing else. */
import { allHandlersFinished, condition } from '@temporalio/workflow';
import type { TaskResult, Todo } from '../../domain/tasks/task.js';
import { upgradeRun } from '../../workflows/parts/upgradeRun.js';

export interface TaskStepsInput {
  readonly infrastructure: string;
  readonly environment: string;
  readonly to: string;
  /** Its number, and the hash of its plan. */
  readonly upgrade: string;
  readonly plan: string;
  readonly steps: readonly TaskStep[];
}

interface TaskStep {
  readonly name: string;
  /** Asked together; a list in it is asked by itself, at the same time. */
  readonly todos: readonly (Todo | readonly Todo[])[];
  /** Where the step waits for an approval once its tasks have ended. */
  readonly gate?: string;
}

/** What every step was told. */
export async function taskSteps({
  steps,
  upgrade,
  plan,
  ...subject
}: TaskStepsInput): Promise<readonly (readonly TaskResult[])[]> {
  const run = upgradeRun(subject);
  const names = steps.map(({ name }) => name);
  run.planned({ upgrade, hash: plan, to: subject.to, gates: [], summary: 'tasks alone', steps: names });
  const told: (readonly TaskResult[])[] = [];
  for (const { name, todos, gate } of steps) {
    run.step(name);
    await run.clear();
    const together = todos.filter((todo): todo is Todo => !Array.isArray(todo));
    const apart = todos.filter((todo): todo is readonly Todo[] => Array.isArray(todo));
    const results = await Promise.all([run.doAll(together), ...apart.map((list) => run.doAll(list))]);
    told.push(results.flat());
    if (gate !== undefined) await run.open(gate, [`${name} is over`]);
  }
  run.step('done');
  await condition(allHandlersFinished);
  return told;
}
