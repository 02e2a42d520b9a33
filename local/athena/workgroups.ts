import * as z from 'zod';
import { AwsError, type Cloud } from '../service.ts';

const configuration = z.looseObject({
  EnforceWorkGroupConfiguration: z.coerce.string().optional(),
  BytesScannedCutoffPerQuery: z.coerce.number().optional(),
  ResultConfiguration: z.looseObject({ OutputLocation: z.string().optional() }).optional(),
});

const properties = z.looseObject({
  Name: z.string(),
  Description: z.string().optional(),
  State: z.string().optional(),
  WorkGroupConfiguration: configuration.optional(),
});

export interface WorkGroup {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly outputLocation: string | undefined;
  readonly enforced: boolean;
  readonly bytesScannedCutoff: number | undefined;
}

/** The workgroups of the deployed stacks, and `primary`, which every account has. */
export const readWorkGroups = (cloud: Cloud): ReadonlyMap<string, WorkGroup> => {
  const deployed = cloud
    .resources('AWS::Athena::WorkGroup')
    .map((resource) => asWorkGroup(properties.parse(resource.properties)));
  return new Map([PRIMARY, ...deployed].map((group) => [group.name, group]));
};

const PRIMARY: WorkGroup = {
  name: 'primary',
  description: '',
  enabled: true,
  outputLocation: undefined,
  enforced: false,
  bytesScannedCutoff: undefined,
};

const asWorkGroup = (group: z.infer<typeof properties>): WorkGroup => ({
  name: group.Name,
  description: group.Description ?? '',
  enabled: group.State !== 'DISABLED',
  outputLocation: group.WorkGroupConfiguration?.ResultConfiguration?.OutputLocation,
  enforced: (group.WorkGroupConfiguration?.EnforceWorkGroupConfiguration ?? 'true') === 'true',
  bytesScannedCutoff: group.WorkGroupConfiguration?.BytesScannedCutoffPerQuery,
});

/** The workgroup of a name, or AWS's error. */
export const workGroupOf = (groups: ReadonlyMap<string, WorkGroup>, name: string): WorkGroup => {
  const group = groups.get(name);
  if (group) return group;
  throw new AwsError('InvalidRequestException', `WorkGroup ${name} is not found.`, 400, {
    AthenaErrorCode: 'WORKGROUP_NOT_FOUND',
  });
};

export const workGroupArn = (cloud: Cloud, name: string): string =>
  `arn:aws:athena:${cloud.region}:${cloud.account}:workgroup/${name}`;

/** A workgroup as GetWorkGroup gives it. */
export const describeWorkGroup = (group: WorkGroup) => ({
  Name: group.name,
  State: group.enabled ? 'ENABLED' : 'DISABLED',
  Description: group.description,
  Configuration: {
    ResultConfiguration: group.outputLocation === undefined ? {} : { OutputLocation: group.outputLocation },
    EnforceWorkGroupConfiguration: group.enforced,
    PublishCloudWatchMetricsEnabled: false,
    RequesterPaysEnabled: false,
    EngineVersion: ENGINE,
    ...(group.bytesScannedCutoff !== undefined && { BytesScannedCutoffPerQuery: group.bytesScannedCutoff }),
  },
});

export const ENGINE = { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' };
