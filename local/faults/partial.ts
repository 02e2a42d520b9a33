import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Answer, Call, Service } from '../service.ts';

interface Batch {
  readonly Records: readonly unknown[];
}

interface Put {
  readonly RequestResponses: readonly object[];
}

const REFUSED = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' };

/** Whether the record at a position is refused: a share of all, spread by the draw, and at least one. */
const refuses = (count: number, share: number, draw: number) => {
  const [start, refused] = [Math.floor(draw * count), Math.max(1, Math.round(share * count))];
  return (position: number): boolean => (position - start + count) % count < refused;
};

const putSome = async (
  service: Service,
  call: Call,
  batch: Batch,
  kept: readonly unknown[],
): Promise<Put> => {
  if (kept.length === 0) return { RequestResponses: [] };
  const sent = Readable.from([Buffer.from(JSON.stringify({ ...batch, Records: kept }))]);
  const { body } = await service.handle({ ...call, body: sent });
  return JSON.parse(body as string) as Put;
};

/**
 * Puts a part of a PutRecordBatch, and answers for the rest that it was refused.
 * Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
export const putPartly = async (
  service: Service,
  call: Call,
  { share, draw }: { readonly share: number; readonly draw: number },
): Promise<Answer> => {
  const batch = JSON.parse((await buffer(call.body)).toString('utf8')) as Batch;
  const isRefused = refuses(batch.Records.length, share, draw);
  const kept = batch.Records.filter((_, position) => !isRefused(position));
  const put = await putSome(service, call, batch, kept);
  const taken = put.RequestResponses.values();
  const RequestResponses = batch.Records.map((_, position) =>
    isRefused(position) ? REFUSED : taken.next().value,
  );
  const body = { ...put, FailedPutCount: batch.Records.length - kept.length, RequestResponses };
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(body),
  };
};
