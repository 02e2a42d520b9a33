import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Cloud, LogLevel } from '../service.ts';

/** Where the lines of one function go: its log file, and the terminal. */
export interface FunctionLog {
  /** A line the function wrote. */
  line(text: string): void;
  /** A line of the runtime, such as START and REPORT: for the file only. */
  platform(text: string): void;
  close(): Promise<void>;
}

const LEVELS: Readonly<Record<string, LogLevel>> = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
  FATAL: 'error',
  CRITICAL: 'error',
};

/** Opens `<dataDir>/logs/<function>.log` for appending. */
export const openLog = (cloud: Cloud, functionName: string): FunctionLog => {
  const folder = join(cloud.dataDir, 'logs');
  mkdirSync(folder, { recursive: true });
  const file = createWriteStream(join(folder, `${functionName}.log`), { flags: 'a' });
  file.on('error', (error) =>
    cloud.log('warn', functionName, `The log file cannot be written: ${error.message}`),
  );
  return {
    line: (text) => {
      file.write(`${text}\n`);
      const { level, message } = classify(text);
      cloud.log(level, functionName, message);
    },
    platform: (text) => file.write(`${text}\n`),
    close: async () => {
      file.end();
      await finished(file).catch(() => undefined);
    },
  };
};

/**
 * The level of a line and what to show of it: structured lines as they are, lines of `console` without their time and
 * request id. Metric documents that are no log lines too, with a level, are for the log file, so they are `debug`.
 */
export const classify = (text: string): { level: LogLevel; message: string } => {
  if (text.startsWith('{')) return { level: jsonLevel(text), message: text };
  const [, , level, ...rest] = text.split('\t');
  const known = level === undefined ? undefined : LEVELS[level];
  return known ? { level: known, message: rest.join('\t') } : { level: 'info', message: text };
};

const jsonLevel = (text: string): LogLevel => {
  try {
    const line = JSON.parse(text) as Record<string, unknown>;
    if (typeof line['level'] === 'string') return LEVELS[line['level'].toUpperCase()] ?? 'info';
    return line['_aws'] === undefined ? 'info' : 'debug';
  } catch {
    return 'info';
  }
};

/** Joins the pieces a stream was written in to whole lines. */
export const lineSplitter = (onLine: (line: string) => void) => {
  let rest = '';
  return {
    push: (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') onLine(line);
    },
    flush: () => {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
};
