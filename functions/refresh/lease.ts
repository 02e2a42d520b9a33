import { LEASE_KEY, leaseSchema, type Lease } from '../../core/lake/state/lease.ts';
import { Outdated, type Documents } from '../shared/lake/documents.ts';

export interface LeasePorts {
  readonly documents: Pick<Documents, 'read' | 'write'>;
  /** Whether an execution of the state machine still runs. */
  readonly isRunning: (execution: string) => Promise<boolean>;
  readonly now: () => Date;
}

/** Who holds the lease: whoever asked, or another. */
export type Held = { readonly isOurs: true } | { readonly isOurs: false; readonly by: Lease };

const isFree = async ({ isRunning }: LeasePorts, lease: Lease, execution: string): Promise<boolean> =>
  lease.execution === null || lease.execution === execution || !(await isRunning(lease.execution));

const ours: Held = { isOurs: true };

/**
 * Takes the lease for an execution, if nobody holds it or whoever does runs no more. Of several who ask at once one gets it.
 */
export const takeLease = async (ports: LeasePorts, execution: string): Promise<Held> => {
  const found = await ports.documents.read(LEASE_KEY);
  const lease = found && leaseSchema.parse(found.value);
  if (lease && !(await isFree(ports, lease, execution))) return { isOurs: false, by: lease };
  if (lease?.execution === execution) return ours;
  try {
    await ports.documents.write(LEASE_KEY, { execution, since: ports.now().toISOString() }, found);
    return ours;
  } catch (error) {
    if (!(error instanceof Outdated)) throw error;
    return takeLease(ports, execution);
  }
};

/** Gives the lease back, if the execution has it. */
export const releaseLease = async (ports: LeasePorts, execution: string): Promise<void> => {
  const found = await ports.documents.read(LEASE_KEY);
  if (!found || leaseSchema.parse(found.value).execution !== execution) return;
  await ports.documents.write(LEASE_KEY, { execution: null, since: ports.now().toISOString() }, found);
};
