import * as z from 'zod';

/** Who refreshes: the execution of the state machine that holds the lease, or null; and since when. */
export const leaseSchema = z.object({ execution: z.string().nullable(), since: z.iso.datetime() });

export type Lease = z.infer<typeof leaseSchema>;

/** The key of the lease in the lake bucket. */
export const LEASE_KEY = 'state/lease.json';
