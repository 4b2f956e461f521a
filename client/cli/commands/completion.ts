/** `uplift completion`: what a shell needs to complete commands and options, made from the commands themselves. */
import { Argument, type Command, type Option } from 'commander';
import { exitCodes } from '../../../domain/errors.js';
import { command, type Register } from '../command.js';

const shells = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof shells)[number];

export const completionCommand: Register = (program, session) =>
  command({
    name: 'completion',
    summary: 'Prints the script with which a shell completes commands and options',
    examples: [
      'bash >> ~/.bashrc',
      'zsh > ~/.zsh/completions/_uplift',
      'fish > ~/.config/fish/completions/uplift.fish',
    ],
    arguments: [new Argument('<shell>', 'whose script').choices(shells)],
    run: async ({ words: [shell] }) => {
      const script = scripts[shell as Shell](completed(program));
      return { document: { shell, script }, text: script, exit: exitCodes.ok };
    },
  })(program, session);

interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
  readonly words: readonly string[];
}

function completed(program: Command): readonly Completed[] {
  return program.commands.map((one) => ({
    name: one.name(),
    summary: one.summary(),
    options: one.options.filter(({ hidden }) => !hidden),
    words: one.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  }));
}

const scripts: Readonly<Record<Shell, (commands: readonly Completed[]) => string>> = { bash, zsh, fish };

function bash(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, options, words }) => {
    const offered = [...words, ...options.flatMap(flags), '--help'];
    const values = options.flatMap((option) =>
      option.argChoices ? [`      ${flags(option).join('|')}) offered='${option.argChoices.join(' ')}' ;;`] : [],
    );
    const byFormer =
      values.length === 0 ? [] : ['      case "$former" in', ...values.map((line) => `  ${line}`), '      esac'];
    return [`    ${name})`, `      offered='${offered.join(' ')}'`, ...byFormer, '      ;;'].join('\n');
  });
  return `# Completion of uplift for bash.
_uplift() {
  local word="\${COMP_WORDS[COMP_CWORD]}" former="\${COMP_WORDS[COMP_CWORD-1]}" offered
  if [ "$COMP_CWORD" -eq 1 ]; then offered='${commands.map(({ name }) => name).join(' ')}'; else
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac; fi
  COMPREPLY=($(compgen -W "$offered" -- "$word"))
}
complete -o default -F _uplift uplift`;
}

function zsh(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, options, words }) => {
    const specs = options.flatMap((option) => flags(option).map((flag) => quoted(zshSpec(flag, option))));
    const argument = words.length > 0 ? [quoted(`1:word:(${words.join(' ')})`)] : [];
    return `    ${name}) _arguments ${[...argument, ...specs, quoted('*:file:_files')].join(' ')} ;;`;
  });
  return [
    '#compdef uplift',
    '_uplift() {',
    '  local -a commands',
    `  commands=(${commands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(' ')})`,
    "  if (( CURRENT == 2 )); then _describe 'command' commands; return; fi",
    '  local name=$words[2]',
    '  shift words; (( CURRENT-- ))',
    '  case $name in',
    ...cases,
    '  esac',
    '}',
    'if [ "$funcstack[1]" = _uplift ]; then _uplift "$@"; else compdef _uplift uplift; fi',
  ].join('\n');
}

function zshSpec(flag: string, { description, argChoices, required, optional }: Option): string {
  const about = description.replace(/[[\]:]/g, ' ');
  const value = argChoices ? `:value:(${argChoices.join(' ')})` : required || optional ? ':value:_files' : '';
  return `${flag}[${about}]${value}`;
}

function fish(commands: readonly Completed[]): string {
  return [
    '# Completion of uplift for fish.',
    ...commands.map(
      ({ name, summary }) => `complete -c uplift -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap(({ name, options, words }) => {
      const within = `complete -c uplift -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
      return [
        ...(words.length > 0 ? [`${within} -f -a ${quoted(words.join(' '))}`] : []),
        ...options.map((option) => `${within} ${fishOption(option)}`),
      ];
    }),
  ].join('\n');
}

function fishOption({ long, short, description, argChoices, required, optional }: Option): string {
  return [
    ...(short ? [`-s ${short.slice(1)}`] : []),
    ...(long ? [`-l ${long.slice(2)}`] : []),
    ...(argChoices ? [`-x -a ${quoted(argChoices.join(' '))}`] : required || optional ? ['-r'] : []),
    `-d ${quoted(description)}`,
  ].join(' ');
}

function flags({ long, short }: Option): readonly string[] {
  return [long, short].filter((flag) => flag !== undefined);
}

/** As a word of any of the three. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
