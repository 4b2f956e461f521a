/**
 * What a process that Uplift starts is given of the environment: what it needs, and nothing else. The shell of whoever runs Uplift has
 * keys and options that are meant for other programs, and a front end runs the code of modules.
 */

/**
 * `command`: a program of the site, which is given the rest by its host's own file.
 * `plain`: compilers, front ends, balancers, a Temporal server of our own and whatever speaks to that one only.
 * `Temporal client`: speaks to a server that somebody else runs, as Temporal's own variables and file say.
 * `site client`: asks a site for its hot points, also while users are kept out of it.
 */
export type ProcessKind = 'command' | 'plain' | 'Temporal client' | 'site client';

/** The variable by which a started process, and all it starts, can be found without any record of it. */
export const markVariable = 'UPLIFT_SUPERVISED';

/** The variable by which people say how many megabytes a compiler may take. */
export const compilerMemoryVariable = 'UPLIFT_COMPILER_MEMORY';

/** Where programs, home and temporary files are, language, time zone: what a program needs to run at all. */
const command: readonly RegExp[] = [
  /^(PATH|HOME|USER|LOGNAME|TZ|LANG|LC_[A-Z]+|TMPDIR)$/,
  /^(SystemRoot|TEMP|TMP|USERPROFILE)$/i,
];

const plain: readonly RegExp[] = [
  ...command,
  /^UPLIFT_LOG_LEVEL$/,
  new RegExp(`^(${markVariable}|${compilerMemoryVariable})$`),
];

/** Where the server is, who asks, whose certificates are trusted, and the way out of the house. */
const temporalClient: readonly RegExp[] = [
  /^TEMPORAL_/,
  /^XDG_CONFIG_HOME$/,
  /^(NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR)$/,
  /^(https?|grpc|no|no_grpc)_proxy$/i,
];

/** Whose certificates are trusted, and what lets the checks in: docs/site.md. */
const siteClient: readonly RegExp[] = [/^NODE_EXTRA_CA_CERTS$/, /^UPLIFT_ENTRY_[A-Z0-9_]+$/];

const given: Readonly<Record<ProcessKind, readonly RegExp[]>> = {
  command,
  plain,
  'Temporal client': [...plain, ...temporalClient],
  'site client': [...plain, ...siteClient],
};

export function processEnvironment(
  kind: ProcessKind,
  ambient: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, string>> {
  const entries = Object.entries(ambient).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && given[kind].some((name) => name.test(entry[0])),
  );
  return Object.fromEntries(entries);
}
