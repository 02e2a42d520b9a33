import { AwsError } from '../service.ts';
import { decodeAwsChunked, incompleteBody } from './aws-chunked.ts';
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from './checksums.ts';
import { invalidArgument, invalidRequest } from './errors.ts';
import type { S3Request } from './request.ts';
import { measuring, type Measure, type Staged } from './staging.ts';
import type { S3Store } from './store.ts';

/** A verified body; `algorithm` is the one its client chose, if any. */
export interface Received<Body> {
  readonly body: Body;
  readonly algorithm: ChecksumAlgorithm | undefined;
}

/** The largest body of one PutObject or UploadPart: 5 GiB. */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

const MAX_XML_BYTES = 8 * 1024 ** 2;

/**
 * Streams the body of a call into a staged file and verifies it: length, Content-MD5, x-amz-content-sha256 and
 * x-amz-checksum-*, in the headers or after the body. Throws `BadDigest`, `IncompleteBody`,
 * `XAmzContentSHA256Mismatch`, `InvalidDigest`, `MissingContentLength`, `EntityTooLarge`; then nothing is staged.
 * `also` names an algorithm to compute beside those to verify, given the one the client sent.
 */
export const receiveBody = async (
  request: S3Request,
  store: S3Store,
  also: (sent: ChecksumAlgorithm | undefined) => ChecksumAlgorithm,
): Promise<Received<Staged>> => {
  const plan = planOf(request.headers);
  requireLength(request.headers);
  const body = await store.stage(content(request, plan), [...plan.algorithms, also(plan.algorithm)]);
  try {
    verify(body, plan);
    return { body, algorithm: plan.algorithm };
  } catch (error) {
    await store.discard(body);
    throw error;
  }
};

/** The text of a small XML body, verified in the same way; `checked` says whether the client sent a digest. */
export const receiveText = async (request: S3Request): Promise<{ text: string; checked: boolean }> => {
  const plan = planOf(request.headers);
  const measure = measuring(plan.algorithms);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content(request, plan)) {
    size += chunk.length;
    if (size > MAX_XML_BYTES)
      throw new AwsError('MaxMessageLengthExceeded', 'Your request was too large.', 400);
    measure.update(chunk);
    chunks.push(chunk);
  }
  verify(measure.result(), plan);
  return {
    text: Buffer.concat(chunks).toString('utf8'),
    checked: plan.algorithm !== undefined || plan.md5 !== undefined,
  };
};

/** The algorithm and value of the one `x-amz-checksum-*` header there may be. */
export const checksumHeader = (
  headers: S3Request['headers'],
): { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined => {
  const given = CHECKSUM_ALGORITHMS.filter((name) => headers[checksumName(name)] !== undefined);
  if (given.length > 1)
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  const algorithm = given[0];
  return algorithm && { algorithm, value: headers[checksumName(algorithm)]! };
};

/** The header that carries a checksum of an algorithm. */
export const checksumName = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

/** The algorithm of a header value in any case. Throws `InvalidArgument`. */
export const algorithmNamed = (name: string, header: string): ChecksumAlgorithm => {
  const found = CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name.toUpperCase());
  if (!found)
    throw invalidRequest(`The ${header} header names an unsupported checksum algorithm: "${name}".`);
  return found;
};

interface Plan {
  readonly chunked: boolean;
  readonly trailers: Map<string, string>;
  readonly algorithms: readonly ChecksumAlgorithm[];
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly expected: string | undefined;
  readonly sha256: string | undefined;
  readonly md5: string | undefined;
  readonly length: number | undefined;
}

const planOf = (headers: S3Request['headers']): Plan => {
  const sha = headers['x-amz-content-sha256'] ?? '';
  const chunked = sha.startsWith('STREAMING-') || /\baws-chunked\b/i.test(headers['content-encoding'] ?? '');
  const header = checksumHeader(headers);
  const announced = chunked ? trailerAlgorithm(headers['x-amz-trailer']) : undefined;
  const algorithm = header?.algorithm ?? announced;
  const named = headers['x-amz-sdk-checksum-algorithm'];
  if (named !== undefined && !algorithm) {
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  const sha256 = /^[0-9a-f]{64}$/i.test(sha) ? sha.toLowerCase() : undefined;
  const length = headers[chunked ? 'x-amz-decoded-content-length' : 'content-length'];
  return {
    chunked,
    trailers: new Map(),
    algorithms: [...(algorithm ? [algorithm] : []), ...(sha256 ? (['SHA256'] as const) : [])],
    algorithm,
    expected: header?.value,
    sha256,
    md5: headers['content-md5'],
    length: length === undefined ? undefined : Number(length),
  };
};

const trailerAlgorithm = (trailer: string | undefined): ChecksumAlgorithm | undefined => {
  if (trailer === undefined) return undefined;
  const name = /^x-amz-checksum-(\w+)$/i.exec(trailer.trim())?.[1];
  if (name === undefined)
    throw invalidRequest(`The value specified in the x-amz-trailer header is not supported: "${trailer}".`);
  return algorithmNamed(name, 'x-amz-trailer');
};

const content = (request: S3Request, plan: Plan): AsyncGenerator<Buffer> => {
  const raw = readAll(request);
  return plan.chunked ? decodeAwsChunked(raw, plan.trailers) : raw;
};

// Not destroyed on return: the socket must stay open for the answer that says what was wrong.
async function* readAll(request: S3Request): AsyncGenerator<Buffer> {
  for await (const chunk of request.call.body.iterator({ destroyOnReturn: false })) {
    yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk as string);
  }
}

const requireLength = (headers: S3Request['headers']): void => {
  const length = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
  if (length === undefined) {
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411);
  }
  if (!/^\d+$/.test(length)) throw invalidArgument('The length is not a number.', 'Content-Length', length);
  if (Number(length) > MAX_PUT_BYTES) {
    const fields = { ProposedSize: length, MaxSizeAllowed: MAX_PUT_BYTES };
    throw new AwsError(
      'EntityTooLarge',
      'Your proposed upload exceeds the maximum allowed size',
      400,
      fields,
    );
  }
};

const verify = (measure: Measure, plan: Plan): void => {
  if (plan.length !== undefined && measure.size !== plan.length) throw incompleteBody();
  verifyMd5(measure, plan.md5);
  if (plan.sha256 && hexOf(measure.checksums.get('SHA256')!) !== plan.sha256) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    throw new AwsError('XAmzContentSHA256Mismatch', message, 400);
  }
  if (!plan.algorithm) return;
  const expected = plan.expected ?? plan.trailers.get(checksumName(plan.algorithm));
  if (expected === undefined) {
    throw new AwsError(
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
      400,
    );
  }
  if (measure.checksums.get(plan.algorithm) !== expected) throw badDigest(plan.algorithm);
};

const verifyMd5 = (measure: Measure, expected: string | undefined): void => {
  if (expected === undefined || measure.md5.toString('base64') === expected) return;
  if (Buffer.from(expected, 'base64').length !== 16) {
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.', 400);
  }
  const fields = { ExpectedDigest: expected, CalculatedDigest: measure.md5.toString('base64') };
  const message = 'The Content-MD5 you specified did not match what we received.';
  throw new AwsError('BadDigest', message, 400, fields);
};

/** The checksum a client gave is not that of the bytes it sent. */
export const badDigest = (algorithm: ChecksumAlgorithm): AwsError =>
  new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, 400);

const hexOf = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');
