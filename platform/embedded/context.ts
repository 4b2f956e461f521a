/** What every part of the embedded platform is made from. */
import type { PlatformDatabase } from './database.js';

export interface EmbeddedContext {
  readonly database: PlatformDatabase;
  /** Absolute path of the data folder. */
  readonly dataFolder: string;
  readonly settings: EmbeddedSettings;
}

export interface EmbeddedSettings {
  /** Groups compiled at a time, in one environment. */
  readonly lanes: number;
  /** The most units in a group. */
  readonly groupUnits: number;
  /** The most modules deployed at a time. */
  readonly deployModules: number;
  /** Milliseconds a lock holds without being renewed. Longer than a heartbeat may be late, shorter than people wait. */
  readonly lease: number;
  /** Milliseconds a front end may take to load a module, or to come back on another release. */
  readonly frontEndPatience: number;
  /** Milliseconds that requests in flight have to end when a front end, or every user, is kept out; then they are cut. */
  readonly drainPatience: number;
  /** Milliseconds one run of the compiler may take for a group of usual size; it has as much again for each further one. */
  readonly compilerPatience: number;
  /** Megabytes one run of the compiler may take; absent: what people have set, or a share of the machine's. */
  readonly compilerMemory?: number;
}

export const defaultSettings: EmbeddedSettings = {
  // One compiler is single threaded; more lanes than cores only make groups slower.
  lanes: 2,
  // A bigger group saves little time per module and locks more modules for longer.
  groupUnits: 32,
  deployModules: 16,
  lease: 20_000,
  frontEndPatience: 60_000,
  // A screen has half a minute: what is left then has its answer and is read slowly. Below `frontEndPatience`, which so ends only
  // for a balancer that is down.
  drainPatience: 35_000,
  // A group takes seconds, a huge one with an old compiler on a slow machine minutes; one that takes longer is split and tried unit
  // by unit. Below the five minutes that a client waits for the answer to a publish, and far below the hour of a preparation's turn.
  compilerPatience: 240_000,
};
