import type { State, States } from '../refresh/tasks.ts';

/** What exports of tables need to know of the deployment. Names may be tokens. */
export interface ExportSettings {
  readonly bucketName: string;
  readonly exportsPrefix: string;
  /** ARN of a table up to the name of the entity: `arn:aws:dynamodb:…:table/tailrace-dev-`. */
  readonly tableArnPrefix: string;
}

const LONGEST_PAUSE = 30;

const exportTask = (action: string, input: Readonly<Record<string, unknown>>, rest: State): State => ({
  Type: 'Task',
  Resource: `arn:aws:states:::aws-sdk:dynamodb:${action}`,
  Arguments: input,
  Retry: [
    {
      ErrorEquals: [
        'DynamoDb.LimitExceededException',
        'DynamoDb.InternalServerErrorException',
        'DynamoDb.DynamoDbException',
      ],
      IntervalSeconds: 5,
      BackoffRate: 2,
      MaxAttempts: 6,
      JitterStrategy: 'FULL',
    },
  ],
  ...rest,
});

/**
 * States that export the table of `$entity` and wait until that is done: `$manifest` is then the key of its summary.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
 */
export const exportStates = (
  { bucketName, exportsPrefix, tableArnPrefix }: ExportSettings,
  { next, failed }: { readonly next: string; readonly failed: string },
): States => ({
  Export: exportTask(
    'exportTableToPointInTime',
    {
      TableArn: `{% '${tableArnPrefix}' & $entity %}`,
      S3Bucket: bucketName,
      S3Prefix: `{% '${exportsPrefix}' & $entity %}`,
    },
    {
      Assign: { exportArn: '{% $states.result.ExportDescription.ExportArn %}', pause: 1 },
      Next: 'Describe export',
    },
  ),
  'Describe export': exportTask(
    'describeExport',
    { ExportArn: '{% $exportArn %}' },
    { Output: '{% $states.result.ExportDescription %}', Next: 'Is exported' },
  ),
  'Is exported': {
    Type: 'Choice',
    Choices: [
      {
        Condition: "{% $states.input.ExportStatus = 'COMPLETED' %}",
        Assign: { manifest: '{% $states.input.ExportManifest %}' },
        Next: next,
      },
      {
        Condition: "{% $states.input.ExportStatus = 'FAILED' %}",
        Output: { Error: 'ExportFailed', Cause: '{% $states.input.FailureMessage %}' },
        Next: failed,
      },
    ],
    Default: 'Wait for export',
  },
  'Wait for export': {
    Type: 'Wait',
    Seconds: '{% $pause %}',
    Assign: { pause: `{% $min([$pause * 2, ${LONGEST_PAUSE}]) %}` },
    Next: 'Describe export',
  },
});
