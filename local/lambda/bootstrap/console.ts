import { format, inspect } from 'node:util';
import { errorPayload } from './errors.ts';

type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

const LEVELS: Readonly<Record<'trace' | 'debug' | 'log' | 'info' | 'warn' | 'error', Level>> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
};

/** Writes one error the way the Lambda runtime logs it, with its type, message and stack. */
export const logError = (title: string, error: unknown): void => {
  const { errorType, errorMessage, trace } = JSON.parse(errorPayload(error)) as Record<string, unknown>;
  // oxlint-disable-next-line no-console -- the function's own log
  console.error(`${title} \t${JSON.stringify({ errorType, errorMessage, stack: trace })}`);
};

/**
 * Sends everything the function writes to `emit`, in order with its result, and gives `console` Lambda's line formats:
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export const captureOutput = (
  logFormat: 'Text' | 'JSON',
  requestId: () => string | undefined,
  emit: (text: string) => void,
): void => {
  for (const stream of [process.stdout, process.stderr]) redirect(stream, emit);
  const line = logFormat === 'JSON' ? jsonLine : textLine;
  for (const [method, level] of Object.entries(LEVELS)) {
    const write = (...values: unknown[]) => emit(`${line(level, requestId(), values)}\n`);
    Object.assign(console, { [method]: write });
  }
};

const redirect = (stream: NodeJS.WriteStream, emit: (text: string) => void) => {
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    emit(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    const done = rest.findLast((value) => typeof value === 'function');
    if (done) queueMicrotask(() => (done as () => void)());
    return true;
  };
};

const textLine = (level: Level, requestId: string | undefined, values: readonly unknown[]) =>
  `${new Date().toISOString()}\t${requestId ?? 'undefined'}\t${level}\t${format(...values)}`;

const jsonLine = (level: Level, requestId: string | undefined, values: readonly unknown[]) => {
  const [first] = values;
  const message =
    values.length === 1 && typeof first === 'object' && !(first instanceof Error) ? first : format(...values);
  const line = { timestamp: new Date().toISOString(), level, requestId, message };
  try {
    return JSON.stringify(line);
  } catch {
    return JSON.stringify({ ...line, message: inspect(first) });
  }
};
