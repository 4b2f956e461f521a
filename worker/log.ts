/** The one logger: pino, JSON, or readable on a terminal. */
import { type Logger, pino } from 'pino';

export function createLogger(name: string): Logger {
  const level = logLevel();
  if (!process.stderr.isTTY) return pino({ name, level }, pino.destination(2));
  return pino({
    name,
    level,
    transport: { target: 'pino-pretty', options: { destination: 2, ignore: 'pid,hostname' } },
  });
}

/** For a process whose terminal belongs to people: JSON, appended to `file`, whose folder is made when missing. */
export function fileLogger(name: string, file: string): Logger {
  return pino({ name, level: logLevel() }, pino.destination({ dest: file, mkdir: true, append: true, sync: true }));
}

function logLevel(): string {
  return process.env['UPLIFT_LOG_LEVEL'] ?? 'info';
}
