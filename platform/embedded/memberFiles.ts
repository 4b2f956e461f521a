/** The files of an artifact, by the member of the unit that they belong to. */
import type { ModuleName } from '../../domain/modules/module.js';
import type { ArtifactFile } from './compile/artifacts.js';

/** They stand below their member's name, `@acme/claims/src/index.js`; in the result at paths below the module's folder. */
export function filesByMember(
  files: readonly ArtifactFile[],
  wanted: (path: string) => boolean,
): Map<ModuleName, ArtifactFile[]> {
  const members = new Map<ModuleName, ArtifactFile[]>();
  for (const { path, text } of files) {
    if (!wanted(path)) continue;
    const at = path.indexOf('/src/');
    const member = path.slice(0, at);
    const list = members.get(member) ?? [];
    list.push({ path: path.slice(at + 1), text });
    members.set(member, list);
  }
  return members;
}
