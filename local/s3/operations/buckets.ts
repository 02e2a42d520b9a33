import { AwsError, type Answer } from '../../service.ts';
import { receiveText } from '../payload.ts';
import { s3Arn, type S3Context, type S3Request } from '../request.ts';
import type { BucketRow } from '../store.ts';
import { childText, element, isoSeconds, optional, parseXml, s3Document } from '../xml.ts';

/** The token of a page is the name of the last bucket before it. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export const listBuckets = ({ call, query }: S3Request, { cloud, store }: S3Context): Answer => {
  call.authorize('s3:ListAllMyBuckets', '*');
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? '';
  const here = (query.get('bucket-region') ?? cloud.region) === cloud.region;
  const fitting = store.buckets().filter(({ name }) => here && name.startsWith(prefix) && name > after);
  const page = fitting.slice(0, Number(query.get('max-buckets') ?? 10_000));
  const owner = element('Owner', [element('ID', cloud.account)]);
  const children = [
    owner,
    element(
      'Buckets',
      page.map((bucket) => bucketElement(bucket, cloud.region)),
    ),
    optional('Prefix', prefix || undefined),
    optional('ContinuationToken', fitting.length > page.length ? page.at(-1)?.name : undefined),
  ];
  return xmlAnswer(s3Document('ListAllMyBucketsResult', children));
};

const bucketElement = ({ name, created }: BucketRow, region: string) =>
  element('Bucket', [
    element('Name', name),
    element('CreationDate', isoSeconds(new Date(created))),
    element('BucketRegion', region),
  ]);

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export const headBucket = ({ call, bucket }: S3Request, { cloud, store }: S3Context): Answer => {
  call.authorize('s3:ListBucket', s3Arn(bucket));
  store.bucket(bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': cloud.region } };
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export const createBucket = async (request: S3Request, { cloud, store }: S3Context): Promise<Answer> => {
  const { call, bucket } = request;
  call.authorize('s3:CreateBucket', s3Arn(bucket));
  const { text } = await receiveText(request);
  const asked = text === '' ? undefined : childText(parseXml(text), 'LocationConstraint');
  if (asked !== undefined && asked !== cloud.region) {
    throw new AwsError(
      'IllegalLocationConstraintException',
      `The local cloud is in ${cloud.region}, not ${asked}.`,
      400,
    );
  }
  // In us-east-1 creating your own bucket again succeeds, elsewhere it does not.
  if (store.hasBucket(bucket) && cloud.region !== 'us-east-1') {
    const message = 'Your previous request to create the named bucket succeeded and you already own it.';
    throw new AwsError('BucketAlreadyOwnedByYou', message, 409, { BucketName: bucket });
  }
  store.createBucket(bucket);
  return { status: 200, headers: { location: `/${bucket}` } };
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export const deleteBucket = ({ call, bucket }: S3Request, { store }: S3Context): Answer => {
  call.authorize('s3:DeleteBucket', s3Arn(bucket));
  store.deleteBucket(bucket);
  return { status: 204 };
};

/** us-east-1 answers an empty constraint. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
export const getBucketLocation = ({ call, bucket }: S3Request, { cloud, store }: S3Context): Answer => {
  call.authorize('s3:GetBucketLocation', s3Arn(bucket));
  store.bucket(bucket);
  const constraint = cloud.region === 'us-east-1' ? '' : cloud.region;
  return xmlAnswer(s3Document('LocationConstraint', [{ xml: constraint }]));
};

/** An answer of a whole XML document. */
export const xmlAnswer = (body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body,
});
