/** `uplift rollback`: takes an environment back to its snapshot, whatever window or freeze there is. */
import type { RestoreResult } from '../../../contract/reports.js';
import { exitCodes } from '../../../domain/errors.js';
import type { rollback } from '../../../workflows/rollback.js';
import { counted, duration, indented } from '../../words.js';
import { command } from '../command.js';
import { followToEnd } from '../follow.js';
import { placeOf, withTemporal } from '../infrastructure.js';
import { asOption, environmentArgument, reasonOption } from '../options.js';
import { workflowIdOf } from '../runs.js';
import { startOnce } from '../starting.js';

interface Options {
  readonly as: string;
  readonly reason: string;
}

export const rollbackCommand = command<Options>({
  name: 'rollback',
  summary: 'Takes an environment back to the snapshot before its upgrade, and says what is lost',
  examples: ['Production --as ana --reason "payments fail"'],
  arguments: [environmentArgument()],
  options: [asOption(), reasonOption('why').makeOptionMandatory()],
  async run({ words: [environment], options, terminal }) {
    const place = await placeOf(options.data, environment);
    return withTemporal(place, async (temporal) => {
      const { handle, attached } = await startOnce<typeof rollback>(temporal, place, {
        workflow: 'rollback',
        workflowId: workflowIdOf('rollback', place),
        input: { requestedBy: options.as, reason: options.reason },
        summary: `Rollback of ${place.environment}, asked for by ${options.as}`,
      });
      terminal.talk(`${place.environment}: the rollback ${attached ? 'runs already' : 'has started'}`);
      const report = await followToEnd({ temporal, places: [place], terminal, about: 'rollback' }, handle);
      const { restored, hotPoints } = report;
      const lines = [
        `${counted(restored.modules, 'module')} and ${counted(restored.rows, 'row')} of data are as they were`,
        ...lossLines(restored),
        ...(restored.kept === null ? [] : [`a copy of the data as it was: ${restored.kept} in the data folder`]),
        `${hotPoints.checked - hotPoints.failures} of ${hotPoints.checked} hot points answer well; took ${duration(report.duration)}`,
      ];
      return {
        document: report,
        text: `${place.environment} is back on ${restored.release}\n${indented(lines.join('\n'))}`,
        exit: hotPoints.failures === 0 ? exitCodes.ok : exitCodes.failed,
      };
    });
  },
});

function lossLines({ lost, snapshot }: RestoreResult): readonly string[] {
  if (!lost) return [`what was written since the backup ${snapshot} is lost; nobody could count it`];
  const users =
    lost.rows === 0
      ? 'nothing that users wrote is lost'
      : `${counted(lost.rows, 'row')} written from ${lost.from} to ${lost.to} are lost`;
  const behind = `${counted(lost.behindTheDoor, 'row')} written behind the closed door went with it`;
  return lost.behindTheDoor > 0 ? [users, behind] : [users];
}
