import { RUNTIME, StateError } from '../interpreter/errors.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { sdkError } from './failure.ts';
import type { Integration } from './integration.ts';
import { answerOf, failureOf, hasAction, SDK_SERVICES, send } from './sdk.ts';

/** Times as SDK integrations write them: milliseconds only where there are some. */
const isoTime = (date: Date): Json => date.toISOString().replace('.000Z', 'Z');

/** Attribute values of bytes: how AWS reads them from JSON is not known here. */
const hasBinary = (value: Json): boolean => {
  if (Array.isArray(value)) return value.some(hasBinary);
  if (!isObject(value)) return false;
  return 'B' in value || 'BS' in value || Object.values(value).some(hasBinary);
};

/** The body of an object: a text as it is, another value as JSON. */
const withBody = (parameters: JsonObject): JsonObject =>
  parameters['Body'] === undefined || typeof parameters['Body'] === 'string'
    ? parameters
    : { ...parameters, Body: JSON.stringify(parameters['Body']) };

const prepared = (service: string, parameters: JsonObject): JsonObject => {
  if (service === 's3') return withBody(parameters);
  if (service === 'dynamodb' && hasBinary(parameters))
    throw new StateError(RUNTIME, 'The local cloud does not hand on binary attributes (B, BS).');
  return parameters;
};

interface Streamed {
  readonly Body?: { transformToString(): Promise<string> };
}

/** An object's body is read whole, as text. */
const withText = async (answer: object): Promise<object> => {
  const { Body } = answer as Streamed;
  return Body && 'transformToString' in Body ? { ...answer, Body: await Body.transformToString() } : answer;
};

/** The integration of `arn:aws:states:::aws-sdk:<service>:<action>`, or why there is none. */
export const awsSdk = (service: string, action: string): Integration | string => {
  const kind = SDK_SERVICES[service];
  if (!kind)
    return `the local cloud has no SDK client of ${service}; it has ${Object.keys(SDK_SERVICES).join(', ')}`;
  if (!hasAction(kind, action)) return `${service} has no action ${action}`;
  return {
    prefix: kind.prefix,
    call: async (caller, { signal }, parameters) => {
      try {
        const answer = await send(kind, action, {
          caller,
          parameters: prepared(service, parameters),
          signal,
        });
        return answerOf(service === 's3' ? await withText(answer) : answer, isoTime);
      } catch (error) {
        const failure = failureOf(kind, error);
        throw failure ? sdkError(kind.prefix, failure) : error;
      }
    },
  };
};
