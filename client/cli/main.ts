#!/usr/bin/env node
/** The process of one `uplift` command. */
import { forPeople, readingOf } from './forPeople.js';
import { run } from './run.js';
import { processTerminal } from './terminal.js';

/** Whoever reads the output may stop early: `uplift modules | head`. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const words = process.argv.slice(2);
const exit = await run(words, forPeople(processTerminal(process), readingOf(words, process)));
if (exit !== 0) process.exitCode = exit;
