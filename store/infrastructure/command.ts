/** A command as a file has it: the entry of a capability that a program of the site's own does. */
import * as z from 'zod';
import { agains, type Command, commandDefaults } from '../../domain/commands/command.js';
import { argumentProblem } from '../../domain/commands/values.js';
import { line, name } from './values.js';

/** Windows has exit codes of 32 bits. */
const exitCodes = z.array(z.int().min(0).max(4_294_967_295)).max(50);

const word = line(500).refine((text) => argumentProblem(text) === undefined, {
  error: ({ input }) => `it ${argumentProblem(String(input))}`,
});

export const commandShape = z
  .strictObject({
    run: z
      .array(word)
      .min(1)
      .max(100)
      .describe('The program, by its name in the file of its host, then its arguments, with values such as {frontEnd}'),
    on: name.describe('The host whose worker runs it, as in uplift worker --role host:NAME'),
    timeoutMinutes: z.int().min(1).max(10_080).describe('Minutes after which it is ended, 1 to 10080'),
    done: exitCodes.min(1).optional().describe('Exit codes that mean done. Left out: 0'),
    reboot: exitCodes.optional().describe('Exit codes that mean that the host has to be rebooted'),
    failed: exitCodes.optional().describe('Exit codes that mean failed, as every one does that is in no list'),
    again: z
      .enum(agains)
      .optional()
      .describe('safe: it may be run again when nobody knows how it ended; ask (when left out): a person decides'),
  })
  .superRefine(({ run: [program = ''], ...codes }, context) => {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(program)) {
      const message = 'the first is the name of a program: letters, digits, "_", "." and "-"';
      context.addIssue({ code: 'custom', path: ['run', 0], message });
    }
    const all = meanings.flatMap((list) => (codes[list] ?? commandDefaults[list]).map((code) => ({ list, code })));
    const twice = all.find(({ code }, at) => all.findIndex((each) => each.code === code) < at);
    if (twice) {
      const message = `an exit code means one thing, and ${twice.code} stands in these lists twice`;
      context.addIssue({ code: 'custom', path: [twice.list], message });
    }
  });

const meanings = ['done', 'reboot', 'failed'] as const;

export type CommandContent = z.infer<typeof commandShape>;

/** What is left out is as `commandDefaults` says. */
export function describedCommand({ run, on, timeoutMinutes, ...content }: CommandContent): Command {
  const { done, reboot, failed, again } = commandDefaults;
  return {
    run,
    on,
    timeoutMinutes,
    done: content.done ?? done,
    reboot: content.reboot ?? reboot,
    failed: content.failed ?? failed,
    again: content.again ?? again,
  };
}
