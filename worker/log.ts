/** The one logger: pino, JSON, or readable on a terminal. */
import { type Logger, pino } from 'pino';

export function createLogger(name: string): Logger {
  const level = process.env['UPLIFT_LOG_LEVEL'] ?? 'info';
  if (!process.stderr.isTTY) return pino({ name, level }, pino.destination(2));
  return pino({
    name,
    level,
    transport: { target: 'pino-pretty', options: { destination: 2, ignore: 'pid,hostname' } },
  });
}
