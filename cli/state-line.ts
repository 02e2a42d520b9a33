import { seconds } from './terminal.ts';

/** Shows the state of something that runs, on one line of the terminal that goes away. */
export const stateLine = () => {
  const start = performance.now();
  const shown = process.stderr.isTTY;
  return {
    show: (state: string) => {
      if (shown) process.stderr.write(`\r\u001B[K${state} ${seconds(performance.now() - start)}`);
    },
    clear: () => {
      if (shown) process.stderr.write('\r\u001B[K');
    },
  };
};
