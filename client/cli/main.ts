#!/usr/bin/env node
/** The process of one `uplift` command. */
import { exitCodes } from '../../domain/errors.js';
import { type Failure, showFailure } from './failure.js';
import { forPeople, readingOf } from './forPeople.js';
import { processTerminal } from './terminal.js';

// Before the others, for it has the most files: Node opens all that it has to load at once, and may have no more than 256 open.
await import('kysely');
const { run } = await import('./run.js');

const terminal = processTerminal(process);

const cannotPrint: Failure = {
  code: 'DISK_FULL',
  parts: {
    what: 'What is printed could not be written: the disk behind standard output is full',
    next: 'free some space there, then give the command again',
  },
  exit: exitCodes.failed,
};

/** Whoever reads the output may stop early: `uplift modules | head`. A full disk behind it ends no command that does more than print. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  if (error.code !== 'ENOSPC') throw error;
  if (process.exitCode === undefined) showFailure(cannotPrint, terminal, false);
  process.exitCode = cannotPrint.exit;
});
process.stderr.on('error', () => undefined);

const words = process.argv.slice(2);
const exit = await run(words, forPeople(terminal, readingOf(words, process)));
if (exit !== 0) process.exitCode = exit;
