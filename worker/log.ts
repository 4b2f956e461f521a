/** The one logger: pino, JSON, or readable on a terminal. */
import { type Logger, pino } from 'pino';
import { logTo } from '../database/log.js';

export function createLogger(name: string): Logger {
  const level = logLevel();
  if (!process.stderr.isTTY) return pino({ name, level }, logTo(2));
  return pino({
    name,
    level,
    transport: { target: 'pino-pretty', options: { destination: 2, ignore: 'pid,hostname' } },
  });
}

/** For a process whose terminal belongs to people: JSON, appended to `file`, whose folder is made when missing. */
export function fileLogger(name: string, file: string): Logger {
  return pino({ name, level: logLevel() }, logTo(file));
}

function logLevel(): string {
  return process.env['UPLIFT_LOG_LEVEL'] ?? 'info';
}
