import { buffer } from 'node:stream/consumers';
import { AwsError, type Answer, type Call } from '../service.ts';

/** One operation of a JSON service: the parsed input and the call it came in, to its output. */
// oxlint-disable-next-line typescript/no-explicit-any -- each operation parses its own input
export type Operation = (input: any, call: Call) => Promise<object> | object;

const CONTENT_TYPE = 'application/x-amz-json-1.1';

/**
 * Serves the AWS JSON 1.1 protocol: `X-Amz-Target` names the operation, body and answer are JSON.
 * An operation that is not listed gets `UnknownOperationException`, as AWS answers it.
 *
 * @example
 * const handle = jsonProtocol({ GetTable: (input) => ({ Table: find(input) }) });
 */
export const jsonProtocol =
  (operations: Readonly<Record<string, Operation>>) =>
  async (call: Call): Promise<Answer> => {
    const name = call.headers['x-amz-target']?.split('.').at(-1) ?? '';
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!operation) throw unknownOperation(name);
    const output = await operation(parse(await buffer(call.body)), call);
    return { status: 200, headers: { 'content-type': CONTENT_TYPE }, body: JSON.stringify(output) };
  };

/** The JSON body of an error, as AWS JSON services send it. */
export const jsonError = (error: AwsError): Answer => ({
  status: error.status,
  headers: { 'content-type': CONTENT_TYPE, 'x-amzn-errortype': error.code },
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
