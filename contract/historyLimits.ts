/**
 * How much a run may have behind it. The server ends one at 51,200 events or 50 MB, and takes 10,000 signals and 2,000 updates for it; what
 * an upgrade does itself are some hundreds of events, so what comes near was sent by somebody, most likely by a program in a loop.
 */
import { counted } from '../domain/text.js';

export interface History {
  /** Events. */
  readonly length: number;
  /** Bytes. */
  readonly size: number;
}

const serverLimits = { events: 51_200, bytes: 52_428_800 };

/**
 * From here on a run takes no more. Low enough that all signals which the server still takes, refused at four events each, leave it room
 * for its own work.
 */
const full = { events: 10_000, bytes: 20_000_000 };

/** Where people should look, while the run still takes their messages. */
const much = { events: full.events / 2, bytes: full.bytes / 2 };

/** `full`: it takes no more messages but a stop. */
export function historyState({ length, size }: History): 'well' | 'much' | 'full' {
  const beyond = ({ events, bytes }: typeof full) => length >= events || size >= bytes;
  return beyond(full) ? 'full' : beyond(much) ? 'much' : 'well';
}

/** 12,345 of 51,200 events, 3.4 of 52.4 MB */
export function historyText({ length, size }: History): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return `${counted(length)} of ${counted(serverLimits.events)} events, ${megabytes(size)} of ${megabytes(serverLimits.bytes)} MB`;
}

/** Why a run takes no more messages; undefined: it does. */
export function whyFull(history: History): string | undefined {
  if (historyState(history) !== 'full') return undefined;
  return `The history of this run is nearly full (${historyText(history)}): it takes no more messages but stop, and starting it again goes on from there`;
}
