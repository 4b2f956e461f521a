/** Where things stand in the data folder. */
import path from 'node:path';
import type { ModuleName } from '../../domain/modules/module.js';

export const layout = {
  release: (data: string, version: string) => path.join(data, 'releases', version),
  instance: (data: string, id: string) => path.join(data, 'instances', id),
  applicationDatabase: (data: string, environment: string) =>
    path.join(data, 'environments', environment, 'application.db'),
  snapshots: (data: string, environment: string) => path.join(data, 'snapshots', environment),
  log: (data: string, process: string) => path.join(data, 'logs', `${process}.log`),
};

/** A module's folder name inside an instance or a work folder: one level, whatever its scope. */
export function moduleFolder(name: ModuleName): string {
  return name.replaceAll('/', '+');
}

/** The module in a folder of that name: none has a `+` in its own. */
export function moduleIn(folder: string): ModuleName {
  return folder.replaceAll('+', '/');
}
