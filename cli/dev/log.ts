import type { LogLevel } from '../../local/service.ts';
import { say } from '../terminal.ts';

const SHOWN: ReadonlySet<LogLevel> = new Set(['info', 'warn', 'error']);
const NOISE = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'function_request_id',
  'xray_trace_id',
  'sampling_rate',
  'cold_start',
  'function_arn',
  'function_name',
  'function_memory_size',
  '_aws',
  'requests',
  'faults',
]);

const clock = (): string => new Date().toISOString().slice(11, 23);

const member = ([name, value]: [string, unknown]): string =>
  `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;

/** A structured log line as people read it; any other text as it is. */
export const readable = (line: string): string => {
  if (!line.startsWith('{')) return line;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    const rest = Object.entries(entry).filter(([name]) => !NOISE.has(name));
    return [typeof entry.message === 'string' ? entry.message : '', ...rest.map(member)].join(' ');
  } catch {
    return line;
  }
};

/** Shows what services and functions say, one line each, on standard error. */
export const showLog = (level: LogLevel, source: string, message: string): void => {
  if (!SHOWN.has(level)) return;
  const mark = level === 'info' ? '' : `${level}: `;
  say(`${clock()} ${source} ${mark}${readable(message)}`);
};
