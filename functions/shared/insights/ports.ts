import type { InsightStore } from './store.ts';

/** What the publisher may use of the world. */
export interface PublishPorts {
  readonly store: InsightStore;
  /** The table of insights. */
  readonly table: string;
  readonly now: () => Date;
  /** Resolves after some milliseconds: between tries. */
  readonly wait: (milliseconds: number) => Promise<void>;
}
