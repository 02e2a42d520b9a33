/** Ends this process at once, without any cleaning up. */
export type KillProcess = () => void;

export const killProcess: KillProcess = () => {
  process.kill(process.pid, 'SIGKILL');
};

/** Kills the process before the work, or after it and before anybody hears of it. */
export const around = async <T>(work: () => Promise<T>, draw: number, kill: KillProcess): Promise<T> => {
  if (draw < 0.5) kill();
  const done = await work();
  kill();
  return done;
};
