/** Publishing as a client of Service Center, which enforces the locks: the way of activities and of the command line. */
import * as z from 'zod';
import { type ErrorCode, errors, UpliftError } from '../../../domain/errors.js';
import type { Publication, Publishing } from '../../../port/publishing.js';
import type { Own } from '../own.js';

const refusal = z.object({
  code: z.string(),
  message: z.string(),
  next: z.string().optional(),
  diagnostics: z.unknown().optional(),
});

/**
 * Milliseconds for an answer: a compilation and its way to every front end have five minutes at most, and Node's client waits for no
 * longer. A publish that is asked for again, by its id, goes on with what was compiled.
 */
const answerWithin = 290_000;

/** Milliseconds between heartbeats while Service Center works. */
const beat = 3_000;

export function publishingThrough(
  serviceCenterUrl: (environment: string) => Promise<string>,
  within = answerWithin,
): Own<Publishing> {
  return {
    publish: async ({ environment, module, id, user, files }, progress) => {
      const url = `${await serviceCenterUrl(environment)}/api/modules/${encodeURIComponent(module)}/publish`;
      const late = AbortSignal.timeout(within);
      const timer = setInterval(() => progress.heartbeat({ publishing: module }), beat);
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ id, user, files }),
          signal: AbortSignal.any([progress.signal, late]),
        });
        const answer: unknown = await response.json();
        if (response.ok) return answer as Publication;
        throw refused(answer, `Service Center of ${environment} answered ${response.status}`);
      } catch (error) {
        if (progress.signal.aborted || !late.aborted) throw error;
        throw new Error(
          `Service Center of ${environment} did not answer within ${within / 1000} s to the publish of ${module}; look at its log`,
          { cause: error },
        );
      } finally {
        clearInterval(timer);
      }
    },
  };
}

function refused(answer: unknown, otherwise: string): Error {
  const parsed = refusal.safeParse(answer);
  if (!parsed.success || !(parsed.data.code in errors)) return new Error(parsed.data?.message ?? otherwise);
  const { code, message, next, diagnostics } = parsed.data;
  return new UpliftError(code as ErrorCode, { what: message, ...(next ? { next } : {}) }, { cause: { diagnostics } });
}
