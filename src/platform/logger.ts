import { type DestinationStream, pino } from 'pino';

/**
 * The process's log: one JSON line an entry. error = somebody must act; warn = it healed; info = a business act
 * or a request. Never bodies, tokens, sealed amounts or personal data.
 */
export type Log = Record<'info' | 'warn' | 'error' | 'debug', (facts: LogFacts, message?: string) => void>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export type LogFacts = object;

/** Writes to standard output, or where it is told to; `level` is the least severity that is written. */
export function makeLog(level: LogLevel, to: DestinationStream = pino.destination(1)): Log {
  const settings = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: pino.stdSerializers.err },
    formatters: { level: (label: string) => ({ level: label }) },
    // The second wall: should a fact with such a name slip in, its value does not.
    redact: {
      paths: [
        'password',
        'token',
        'cookie',
        'authorization',
        '*.password',
        '*.token',
        '*.cookie',
        '*.authorization',
      ],
      censor: '***',
    },
  };
  return pino(settings, to);
}
