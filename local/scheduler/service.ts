import { systemClock, type Clock } from '../clock.ts';
import type { Principals } from '../iam/principals.ts';
import type { Cloud, Resource, Service } from '../service.ts';
import { birthsOf } from './births.ts';
import { readSchedule, type Schedule } from './config.ts';
import type { Next } from './cron.ts';
import { invokeTarget, type InvokeParts } from './invoke.ts';
import { schedulerOperations } from './operations.ts';
import { scheduleTimes } from './times.ts';

export interface Scheduler extends Service {
  /** Calls targets from now on; what was due before is not made up for. */
  begin(): void;
}

interface Kept {
  readonly schedule: Schedule;
  readonly created: number;
  readonly isNew: boolean;
  readonly next: Next;
}

const explained = <T>({ logicalId, stack }: Resource, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    const where = `Schedule ${logicalId} of stack ${stack}`;
    throw new Error(`${where} cannot be kept here: ${(error as Error).message}`, { cause: error });
  }
};

const readSchedules = (cloud: Cloud, now: number): readonly Kept[] => {
  const resources = cloud.resources('AWS::Scheduler::Schedule');
  const schedules = resources.map((resource) => explained(resource, () => readSchedule(resource)));
  const births = birthsOf(cloud.dataDir, schedules, now);
  return schedules.map((schedule, index) => {
    const { created, isNew } = births.get(schedule.arn) ?? { created: now, isNew: true };
    const next = explained(resources[index] as Resource, () => scheduleTimes({ ...schedule, created }));
    return { schedule, created, isNew, next };
  });
};

/** Calls the target at each time the schedule is due, until it is due no more. */
const keep = async (
  parts: InvokeParts,
  { schedule, created, isNew, next }: Kept,
  signal: AbortSignal,
): Promise<void> => {
  const { clock } = parts;
  const isDueAtOnce = isNew && schedule.expression.startsWith('rate(');
  let after = isDueAtOnce ? created - 1 : clock.now();
  for (let due = next(after); due !== undefined; due = next(after)) {
    await clock.sleep(Math.max(0, due - clock.now()), signal);
    after = Math.max(due, clock.now());
    invokeTarget(parts, schedule, due, signal).catch(() => undefined);
  }
};

/**
 * Keeps the schedules of the stacks: at their times it starts a state machine or a function in the name of the
 * target's role. Nothing is called before `begin`.
 *
 * @throws Error for a schedule the local cloud cannot keep, which names it and the reason
 * @example
 * const scheduler = startScheduler(cloud, principals);
 * scheduler.begin();
 */
export const startScheduler = (
  cloud: Cloud,
  principals: Principals,
  clock: Clock = systemClock,
): Scheduler => {
  const kept = readSchedules(cloud, clock.now());
  const stop = new AbortController();
  const parts: InvokeParts = {
    clock,
    callerOf: (roleArn) => ({
      endpoint: cloud.endpoint,
      region: cloud.region,
      credentials: principals.credentialsOf(roleArn),
    }),
    warn: (message) => cloud.log('warn', 'scheduler', message),
  };
  return {
    name: 'scheduler',
    begin: () => {
      for (const one of kept.filter(({ schedule }) => schedule.enabled))
        keep(parts, one, stop.signal).catch((error: unknown) => {
          if (!stop.signal.aborted) cloud.log('error', 'scheduler', `${one.schedule.name}: ${String(error)}`);
        });
    },
    handle: schedulerOperations(cloud, kept),
    close: async () => stop.abort(new Error('The local cloud is stopping.')),
  };
};
