import { missingFrom, type Difference } from '../change.ts';
import type { LockedEntity, LockedSchema } from '../lock.ts';

/** Whether items of the earlier schema go through a step before anybody sees them. */
export const isStepped = (before: LockedEntity, after: LockedEntity): boolean =>
  after.upgrade.some((from) => from >= before.version && from < after.version);

const stepCure = (before: LockedEntity, after: LockedEntity): string =>
  after.version > before.version
    ? `Add upgrade: { ${before.version}: (record) => … }`
    : `Set version to ${before.version + 1} and add upgrade: { ${before.version}: (record) => … }`;

/** Items that no longer fit, and no step that makes them. */
export const missingStep = (before: LockedEntity, after: LockedEntity): Difference => ({
  place: 'version',
  what:
    after.version > before.version
      ? `${before.version} → ${after.version}, but no step leads on from ${before.version}`
      : `is ${after.version} still, and items of it do not fit`,
  breaks: { stored: 'they take no change any more, and their rows go to quarantine' },
  cure: stepCure(before, after),
});

const lostSteps = (before: LockedEntity, after: LockedEntity): Difference[] =>
  missingFrom(after.upgrade.map(String), before.upgrade.map(String)).map((from) => ({
    place: `upgrade.${from}`,
    what: 'is gone',
    breaks: { stored: `items of version ${from} are read as they are` },
    cure: `Keep the step as long as an item of version ${from} may exist`,
  }));

/** A version that went back, and steps that went. */
export const compareVersions = (before: LockedSchema, after: LockedSchema): Difference[] => {
  const what = `${before.version} → ${after.version}`;
  const steps = before.kind === 'entity' && after.kind === 'entity' ? lostSteps(before, after) : [];
  if (before.version === after.version) return steps;
  if (after.version > before.version) return [...steps, { place: 'version', what }];
  return [
    ...steps,
    {
      place: 'version',
      what,
      breaks: {
        stored: `items of version ${before.version} are there, and no step leads back`,
        lake: 'rows of two schemas have one version',
      },
      cure: `Set version to ${before.version} or more`,
    },
  ];
};
