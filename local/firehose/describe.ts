import type { StreamConfig } from './config.ts';
import { listInput } from './requests.ts';

const DESTINATION_ID = 'destinationId-000000000001';

/** DescribeDeliveryStream. Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_DescribeDeliveryStream.html */
export const describeStream = ({
  name,
  arn,
  destination,
  bufferBytes,
  bufferSeconds,
  gzip,
}: StreamConfig): object => ({
  DeliveryStreamDescription: {
    DeliveryStreamName: name,
    DeliveryStreamARN: arn,
    DeliveryStreamStatus: 'ACTIVE',
    DeliveryStreamType: 'DirectPut',
    VersionId: '1',
    HasMoreDestinations: false,
    Destinations: [
      {
        DestinationId: DESTINATION_ID,
        ExtendedS3DestinationDescription: {
          ...destination,
          BufferingHints: { SizeInMBs: bufferBytes / 1_048_576, IntervalInSeconds: bufferSeconds },
          CompressionFormat: gzip ? 'GZIP' : 'UNCOMPRESSED',
          EncryptionConfiguration: destination['EncryptionConfiguration'] ?? {
            NoEncryptionConfig: 'NoEncryption',
          },
          S3BackupMode: 'Disabled',
        },
      },
    ],
  },
});

/** ListDeliveryStreams: names in order, a page at a time. */
export const listStreams = (names: readonly string[], input: unknown): object => {
  const { limit, after, type } = listInput(input);
  const rest = type === 'DirectPut' ? names.filter((name) => name > after).toSorted() : [];
  return { DeliveryStreamNames: rest.slice(0, limit), HasMoreDeliveryStreams: rest.length > limit };
};
