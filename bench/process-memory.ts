import { existsSync, readdirSync, readFileSync } from 'node:fs';

const KIBIBYTE = 1024;

const statusOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
};

/** A figure of /proc/<pid>/status in bytes, such as `VmRSS`; 0 where it has none. */
export const bytesIn = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * KIBIBYTE;

const parents = (): Map<number, number> => {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return new Map(pids.map((pid) => [pid, Number(/^PPid:\s+(\d+)$/m.exec(statusOf(pid))?.[1] ?? 0)]));
};

/** A process and all below it. */
const treeOf = (root: number): number[] => {
  const parentOf = parents();
  const found = [root];
  for (const pid of found) for (const [child, parent] of parentOf) if (parent === pid) found.push(child);
  return found;
};

/** Bytes of memory held by a process (its worker threads are part of it) and by its children. */
export interface Memory {
  readonly process: number;
  readonly children: number;
  readonly total: number;
}

const residentBytes = (pid: number): number => bytesIn(statusOf(pid), 'VmRSS');

const measureAll = ([root = 0, ...children]: readonly number[]): Memory => {
  const [own, theirs] = [residentBytes(root), children.reduce((sum, pid) => sum + residentBytes(pid), 0)];
  return { process: own, children: theirs, total: own + theirs };
};

/** Whether this system tells the memory of a process: Linux does. */
export const canMeasureMemory = (): boolean => existsSync('/proc/self/status');

/** Resident memory of a process and its children now. */
export const memoryOf = (root: number): Memory => measureAll(treeOf(root));

const SAMPLE_MS = 50;

const larger = (one: Memory, other: Memory): Memory => ({
  process: Math.max(one.process, other.process),
  children: Math.max(one.children, other.children),
  total: Math.max(one.total, other.total),
});

/** The most memory a process and its children held while some work was done, looked at every 50 ms. */
export const peakMemoryOf = async (root: number, work: () => Promise<unknown>): Promise<Memory> => {
  const tree = treeOf(root);
  let peak = measureAll(tree);
  const timer = setInterval(() => {
    peak = larger(peak, measureAll(tree));
  }, SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return larger(peak, measureAll(tree));
};
