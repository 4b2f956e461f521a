/** The Service Centers of every environment, asked again while one does not answer. */
import { setTimeout as delay } from 'node:timers/promises';
import { UpliftError } from '../../../domain/errors.js';
import { embeddedIn, type RunFile } from '../../../store/runFile.js';
import { type ServiceCenter, serviceCenter } from '../../serviceCenter.js';

export type PatientCenter = ServiceCenter;

/** Milliseconds one may be away: it may have been killed, and is started again. */
const patience = 30_000;

const askEvery = 300;

export function centers(run: RunFile, dataFolder: string): ReadonlyMap<string, PatientCenter> {
  return new Map(
    embeddedIn(run).map((environment) => [environment.name, patient(serviceCenter(environment, dataFolder))]),
  );
}

function patient(center: ServiceCenter): PatientCenter {
  return new Proxy(center, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      return typeof value === 'function' ? (...args: unknown[]) => untilAnswered(() => value(...args)) : value;
    },
  });
}

async function untilAnswered(ask: () => Promise<unknown>): Promise<unknown> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const away = error instanceof UpliftError && error.code === 'NOT_RUNNING';
      if (!away || Date.now() > deadline) throw error;
      await delay(askEvery);
    }
  }
}
