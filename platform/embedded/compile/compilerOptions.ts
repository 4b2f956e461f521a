/** The compiler's options: what a release may choose, and what the layout of compilations decides. */

/** As in a tsconfig. */
export type CompilerOptions = Readonly<Record<string, unknown>>;

/**
 * Unless a release says otherwise. Without `lib` the compiler would load the types of web pages, which costs more than compiling a
 * few modules; without `types` it would take whatever happens to be installed.
 */
const defaults: CompilerOptions = {
  strict: true,
  target: 'es2022',
  lib: ['es2022'],
  types: [],
  skipLibCheck: true,
  verbatimModuleSyntax: true,
  forceConsistentCasingInFileNames: true,
};

/** Modules are ECMAScript modules with declarations, found by name, and their texts are the same on every system. */
const fixed: CompilerOptions = { module: 'nodenext', declaration: true, newLine: 'lf' };

/** Decided by the layout, or in the way of reading what the compiler says and writes. */
const reserved = [
  ...Object.keys(fixed),
  ...['moduleResolution', 'moduleSuffixes', 'customConditions', 'baseUrl', 'paths', 'typeRoots', 'preserveSymlinks'],
  ...['rootDir', 'rootDirs', 'outDir', 'outFile', 'declarationDir', 'composite', 'incremental', 'tsBuildInfoFile'],
  ...['noEmit', 'noEmitOnError', 'emitDeclarationOnly', 'noCheck', 'allowImportingTsExtensions', 'allowJs'],
  ...['sourceMap', 'inlineSourceMap', 'inlineSources', 'sourceRoot', 'mapRoot', 'declarationMap', 'plugins', 'pretty'],
  ...['diagnostics', 'extendedDiagnostics', 'explainFiles', 'listFiles', 'listEmittedFiles', 'traceResolution'],
  ...['generateTrace', 'generateCpuProfile'],
];

/** The first option of `chosen` that is not a release's to choose. */
export function reservedOption(chosen: CompilerOptions): string | undefined {
  return Object.keys(chosen).find((name) => reserved.some((option) => option.toLowerCase() === name.toLowerCase()));
}

export function releaseOptions(chosen: CompilerOptions): CompilerOptions {
  return { ...defaults, ...chosen, ...fixed };
}
