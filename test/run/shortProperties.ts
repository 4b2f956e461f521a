/** In a mutation run one input that fails is enough, and a property has two seconds, in milliseconds, to find it. */
import fc from 'fast-check';

fc.configureGlobal({ endOnFailure: true, interruptAfterTimeLimit: 2_000 });
