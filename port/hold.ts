/** Who holds a whole environment, and under which token. */

export interface Hold {
  readonly operation: 'upgrade' | 'rollback';
  readonly workflow: string;
  readonly release: string;
  readonly token: number;
  /** The token it began with, which stays while the same workflow takes it again; null when an older program has begun it. */
  readonly firstToken: number | null;
  readonly since: string;
}
