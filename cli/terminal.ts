/** Writes a line of the answer. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Writes a line about the work, out of the way of the answer. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** A count as people write it: `93,229`. */
export const count = (value: number): string => value.toLocaleString('en-US');

/** A count with its noun: `1 row`, `2 rows`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Milliseconds as people say them: `1.2 s`. */
export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

/** How long something lasts or is past, in its largest unit: `45 s`, `3 min`, `2 h`, `5 days`. */
export const span = (milliseconds: number): string => {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 2 * 86_400) return `${Math.floor(whole / 3600)} h`;
  return `${Math.floor(whole / 86_400)} days`;
};

/** Bytes as people say them: `1.4 MB`. */
export const bytes = (value: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), units.length - 1);
  return `${(value / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
};
