/** An environment by its full name: several infrastructures live in one installation, and each may have a Development. */
export interface Place {
  readonly infrastructure: string;
  readonly environment: string;
}
