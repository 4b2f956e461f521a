/** What a plan is asked for with. */

export interface Request {
  readonly infrastructure: string;
  readonly to?: string | undefined;
  readonly plan?: string | undefined;
  readonly requestedBy?: string | undefined;
  /** The workflow's clock, milliseconds since 1970. */
  readonly now: number;
}

/** A plan to be worked from. */
export interface RunRequest extends Request {
  /** Started by a client of ours, which says who asks; a form of the Temporal UI may be the copy of somebody else's. */
  readonly stated: boolean;
  /** The run that has started this one; absent: people have. */
  readonly parent?: string;
}
