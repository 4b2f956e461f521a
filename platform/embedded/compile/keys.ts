/** What an artifact is called: a digest of everything its content depends on. */
import type { ModuleName } from '../../../domain/modules/module.js';
import { digestOf } from './digest.js';

/** Raised when the same inputs are compiled to something else: another layout, other files in an artifact, another digest. */
const format = 1;

export interface KeyParts {
  /** The release's: its components' types, its compiler and options. */
  readonly typesDigest: string;
  readonly members: readonly { readonly name: ModuleName; readonly sourceDigest: string }[];
  /** Every module the unit references outside itself, with the digest of its declarations. */
  readonly producers: readonly { readonly name: ModuleName; readonly declarationsDigest: string }[];
}

/**
 * The key of a unit's artifact. Nothing of an environment enters it, so that the next environment finds what the former one made;
 * of its producers only the declarations do, so that a change of their code alone compiles nothing again.
 */
export function unitKey({ typesDigest, members, producers }: KeyParts): string {
  return digestOf({
    format,
    typesDigest,
    members: Object.fromEntries(members.map(({ name, sourceDigest }) => [name, sourceDigest])),
    producers: Object.fromEntries(producers.map(({ name, declarationsDigest }) => [name, declarationsDigest])),
  });
}
