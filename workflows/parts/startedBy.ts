/** Who has started this run: Temporal knows, whatever its input says. */
import { workflowInfo } from '@temporalio/workflow';
import { clientMemo } from '../../contract/memo.js';

/** `stated`: by a client of ours, so that whom it names did ask. `parent`: the run that has started this one. */
export function startedBy(): { readonly stated: boolean; readonly parent?: string } {
  const { memo, parent } = workflowInfo();
  return {
    stated: memo?.['startedBy'] === clientMemo.startedBy,
    ...(parent === undefined ? {} : { parent: parent.runId }),
  };
}
