/**
 * Messages that a run refuses: what is shown of them, what is kept, and when a run takes no more. A program that sends the wrong thing in
 * a loop must not cost the run its history, at whose end the server ends the run.
 */
import { CancellationScope, log, workflowInfo } from '@temporalio/workflow';
import { whyFull as whyHistoryFull } from '../../contract/historyLimits.js';
import { shortened } from '../../domain/text.js';
import { recordRefused } from '../activities.js';

export interface Refusals {
  /** How many there were, and the newest few, in a line each. */
  readonly all: () => { readonly count: number; readonly newest: readonly string[] };
  /** `payload`: of a message that nothing else has recorded. What becomes evidence is waited for; the others cost no promise. */
  readonly refuse: Refuse;
  /** What is shown was about a gate that is open now; what is counted and kept stays. */
  readonly forget: () => void;
}

export type Refuse = (message: string, reason: string, payload?: unknown) => Promise<void> | undefined;

/** Refusals that are shown, and characters of each. */
const shown = { refusals: 3, characters: 400 };

/** Refused messages of a run that become evidence, an activity for each; those beyond are counted. */
const kept = 100;

/** Characters of a refused payload, as JSON, that are kept. */
const longestPayload = 2_000;

/** `upgrade`: asked when a message is recorded, null as long as it has no number. */
export function refusals(upgrade: () => string | null, changed: () => void): Refusals {
  let newest: string[] = [];
  let count = 0;
  let recorded = 0;

  /** Whoever cancels the run does not cancel its evidence. */
  async function record(name: string, refusal: string, payload: unknown): Promise<void> {
    const evidence = { upgrade: upgrade(), name, refusal, payload: shortenedPayload(payload) };
    try {
      await CancellationScope.nonCancellable(() =>
        recordRefused.executeWithOptions({ summary: `refused: ${name}` }, [evidence]),
      );
    } catch (error) {
      log.warn('a refused message is not kept', { name, error: String(error) });
    }
  }

  return {
    all: () => ({ count: newest.length === 0 ? 0 : count, newest: [...newest] }),
    forget: () => {
      newest = [];
      changed();
    },
    refuse: (message, reason, payload) => {
      count += 1;
      newest.push(shortened(`${message}: ${reason}`, shown.characters));
      if (newest.length > shown.refusals) newest.shift();
      changed();
      if (payload === undefined || recorded >= kept) return undefined;
      recorded += 1;
      return record(message, reason, payload);
    },
  };
}

/** Why the run takes no more messages, but one that ends it or lets it go on; undefined: it does. */
export function whyFull(): string | undefined {
  const { historyLength: length, historySize: size } = workflowInfo();
  return whyHistoryFull({ length, size });
}

/** What people sent, when it is short enough to keep; else how it begins. */
function shortenedPayload(payload: unknown): unknown {
  const text = jsonOf(payload);
  if (text.length <= longestPayload) return payload;
  const beginning = shortened(text, longestPayload);
  return { beginning, charactersLeftOut: text.length - beginning.length + 1 };
}

function jsonOf(payload: unknown): string {
  try {
    return JSON.stringify(payload) ?? 'null';
  } catch {
    return `${'['.repeat(longestPayload)}…`; // nested deeper than can be written down
  }
}
