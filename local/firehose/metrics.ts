import type { Delivered } from './deliver.ts';

/** Firehose bills every record rounded up to this. Source: https://docs.aws.amazon.com/firehose/latest/dev/limits.html */
const BILLING_UNIT = 5_120;

/**
 * What a stream counted since it started, by the names CloudWatch has for them. `BilledBytes` is ours.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
 */
export interface StreamMetrics {
  IncomingRecords: number;
  IncomingBytes: number;
  IncomingPutRequests: number;
  /** Incoming bytes with every record rounded up to 5 KB. */
  BilledBytes: number;
  'SucceedConversion.Records': number;
  'SucceedConversion.Bytes': number;
  'FailedConversion.Records': number;
  'FailedConversion.Bytes': number;
  'DeliveryToS3.Records': number;
  'DeliveryToS3.Bytes': number;
  'DeliveryToS3.ObjectCount': number;
}

export const noMetrics = (): StreamMetrics => ({
  IncomingRecords: 0,
  IncomingBytes: 0,
  IncomingPutRequests: 0,
  BilledBytes: 0,
  'SucceedConversion.Records': 0,
  'SucceedConversion.Bytes': 0,
  'FailedConversion.Records': 0,
  'FailedConversion.Bytes': 0,
  'DeliveryToS3.Records': 0,
  'DeliveryToS3.Bytes': 0,
  'DeliveryToS3.ObjectCount': 0,
});

export const billedBytes = (bytes: number): number => Math.ceil(bytes / BILLING_UNIT) * BILLING_UNIT;

/** Counts one put request of these records. */
export const countIncoming = (metrics: StreamMetrics, records: readonly Buffer[]): void => {
  metrics.IncomingPutRequests += 1;
  metrics.IncomingRecords += records.length;
  for (const { length } of records) {
    metrics.IncomingBytes += length;
    metrics.BilledBytes += billedBytes(length);
  }
};

/** Counts delivered objects. */
export const countDelivered = (metrics: StreamMetrics, delivered: Delivered, converted: boolean): void => {
  const { records, failedRecords, bytes, failedBytes, objects } = delivered;
  metrics['DeliveryToS3.Records'] += records - failedRecords;
  metrics['DeliveryToS3.Bytes'] += bytes;
  metrics['DeliveryToS3.ObjectCount'] += objects;
  if (!converted) return;
  metrics['SucceedConversion.Records'] += records - failedRecords;
  metrics['SucceedConversion.Bytes'] += bytes;
  metrics['FailedConversion.Records'] += failedRecords;
  metrics['FailedConversion.Bytes'] += failedBytes;
};
