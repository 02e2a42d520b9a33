import { buffer } from 'node:stream/consumers';
import { AwsError, type Answer, type Call } from '../service.ts';

/** One operation of a JSON service: the parsed input and the call it came in, to its output. */
// oxlint-disable-next-line typescript/no-explicit-any -- each operation parses its own input
export type Operation = (input: any, call: Call) => Promise<object> | object;

const contentType = (version: '1.0' | '1.1') => `application/x-amz-json-${version}`;

/**
 * Serves the AWS JSON protocol: `X-Amz-Target` names the operation, body and answer are JSON.
 * An operation that is not listed gets `UnknownOperationException`, as AWS answers it.
 *
 * @example
 * const handle = jsonProtocol({ GetTable: (input) => ({ Table: find(input) }) });
 */
export const jsonProtocol =
  (operations: Readonly<Record<string, Operation>>, version: '1.0' | '1.1' = '1.1') =>
  async (call: Call): Promise<Answer> => {
    const name = call.headers['x-amz-target']?.split('.').at(-1) ?? '';
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!operation) throw unknownOperation(name);
    const output = await operation(parse(await buffer(call.body)), call);
    return { status: 200, headers: { 'content-type': contentType(version) }, body: JSON.stringify(output) };
  };

/** The JSON body of an error, as AWS JSON services send it. */
export const jsonError = (error: AwsError): Answer => ({
  status: error.status,
  headers: { 'content-type': contentType('1.1'), 'x-amzn-errortype': error.code },
  body: JSON.stringify({ __type: error.code, message: error.message, ...error.fields }),
});

const unknownOperation = (name: string) =>
  new AwsError('UnknownOperationException', `The local cloud does not know the operation "${name}".`);

const parse = (body: Buffer): unknown => {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
};
