/** Ending the process is not a module's to do: one that calls for it gets an error, which is its own like any other. */

/** Until the returned function is called, `process.exit` and its siblings throw, naming themselves. A crash cannot be kept off like this. */
export function forbidEnding(): () => void {
  const { exit, abort, kill, reallyExit } = process as NodeJS.Process & { reallyExit: NodeJS.Process['exit'] };
  const refuse = (name: string) => (): never => {
    throw new Error(`it called process.${name}, which would end the front end for everybody`);
  };
  Object.assign(process, {
    exit: refuse('exit'),
    abort: refuse('abort'),
    reallyExit: refuse('reallyExit'),
    kill: (pid: number, signal?: string | number) =>
      pid === process.pid && signal !== 0 ? refuse('kill')() : kill.call(process, pid, signal),
  });
  return () => {
    Object.assign(process, { exit, abort, kill, reallyExit });
  };
}
