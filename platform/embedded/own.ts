/** A capability as this platform offers it: its environments have names of their own, so that their infrastructure need not be said. */
import type { Place } from '../../domain/infrastructure/place.js';

export type Own<Capability> = {
  readonly [Method in keyof Capability]: Capability[Method] extends (
    request: infer Request,
    ...others: infer Others
  ) => infer Answer
    ? (request: Request extends Place ? Omit<Request, 'infrastructure'> : Request, ...others: Others) => Answer
    : never;
};
