/** `uplift doctor`: what is well and what is not, with the command that puts it right. */
import { Option } from 'commander';
import { exitCodes } from '../../../domain/errors.js';
import { readRunFile } from '../../../store/runFile.js';
import { columns } from '../../words.js';
import { command } from '../command.js';
import { type Finding, finding, well } from '../doctor/finding.js';
import { machineFindings } from '../doctor/machine.js';
import { doorFindings, platformFindings } from '../doctor/platform.js';
import { type Places, placesOf, withTemporal } from '../infrastructure.js';
import type { Colours } from '../terminal.js';

interface Options {
  readonly replay?: true;
}

export const doctorCommand = command<Options>({
  name: 'doctor',
  summary: 'Checks machine, data folder, Temporal, workers, Service Centers and applications',
  examples: ['', '--json', '--replay'],
  options: [new Option('--replay', 'also replay every open run on this code, before workers are changed')],
  async run({ options: { data, replay = false }, terminal: { colours } }) {
    const findings: Finding[] = [...(await machineFindings(data))];
    const run = await readRunFile(data).catch(() => undefined); // what is wrong with it is among the findings
    if (run) findings.push(...(await infrastructureFindings(await placesOf(data), replay)));
    const problems = findings.filter(({ ok }) => !ok).length;
    return {
      document: { ok: problems === 0, findings },
      text: findingsText(findings, colours),
      exit: problems === 0 ? exitCodes.ok : exitCodes.failed,
    };
  },
});

async function infrastructureFindings(found: Places, replay: boolean): Promise<readonly Finding[]> {
  const { places } = found;
  const { temporalFindings } = await import('../doctor/temporal.js');
  const temporal: Finding[] = [];
  const platform: Finding[] = [];
  const reached = await finding('Temporal', () =>
    withTemporal(found, async (connected) => {
      temporal.push(...(await temporalFindings(connected, places)));
      platform.push(...(await doorFindings(connected, places)));
      if (replay) temporal.push(...(await (await import('../doctor/replay.js')).replayFindings(connected)));
      return well('answers');
    }),
  );
  return [...(reached.ok ? [] : [reached]), ...temporal, ...(await platformFindings(places)), ...platform];
}

function findingsText(findings: readonly Finding[], { green, red }: Colours): string {
  const rows = findings.flatMap(({ ok, check, detail, next }) => [
    [ok ? green('ok') : red('problem'), check, detail],
    ...(next === null ? [] : [['', '', `next: ${next}`]]),
  ]);
  return columns(rows);
}
