/** Whether this machine is fit: Node, the data folder, the run file. */
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { compareVersions } from '../../../domain/releases/version.js';
import { readRunFile, runFilePath } from '../../../store/runFile.js';
import { type Finding, type Found, finding, problem, well } from './finding.js';

/** As `engines` in package.json. */
const oldestNode = '20.19';

/** Artifacts, instances and Temporal's history of a large factory need some of it. */
const leastFree = 1_000_000_000;

export function machineFindings(dataFolder: string): Promise<readonly Finding[]> {
  return Promise.all([
    finding('Node', async () => nodeVersion(process.versions.node)),
    finding('data folder', () => dataFolderState(dataFolder)),
    finding('run file', () => runFileState(dataFolder)),
  ]);
}

export function nodeVersion(version: string): Found {
  if (compareVersions(version, oldestNode) >= 0) return well(version);
  return problem(`${version} is older than ${oldestNode}`, `install Node ${oldestNode} or newer`);
}

async function dataFolderState(dataFolder: string): Promise<Found> {
  const folder = await nearestExisting(path.resolve(dataFolder));
  const next = `give the folder to the user who runs uplift, or name another with --data`;
  try {
    await fs.access(folder, constants.W_OK | constants.X_OK);
  } catch {
    return problem(`${folder} cannot be written to`, next);
  }
  const { bavail, bsize } = await fs.statfs(folder);
  const free = bavail * bsize;
  const shown = `${(free / 1e9).toFixed(1)} GB free at ${folder}`;
  return free >= leastFree ? well(shown) : problem(`only ${shown}`, 'free some space');
}

/** The folder is made when it is first needed: what counts is the one it is made in. */
async function nearestExisting(folder: string): Promise<string> {
  const exists = await fs.stat(folder).then(
    () => true,
    () => false,
  );
  return exists || path.dirname(folder) === folder ? folder : nearestExisting(path.dirname(folder));
}

async function runFileState(dataFolder: string): Promise<Found> {
  const run = await readRunFile(dataFolder);
  const start = `uplift up --data ${dataFolder}`;
  if (!run) return problem(`${runFilePath(dataFolder)} does not exist: nothing runs there`, start);
  if (!isAlive(run.pid)) return problem(`uplift up (process ${run.pid}) has ended without stopping`, start);
  return well(`${run.infrastructure}, started ${run.startedAt} by process ${run.pid}`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
