import { text } from 'node:stream/consumers';
import type { Answer, Call, Cloud, Service } from '../service.ts';

const XML = { 'content-type': 'text/xml' };
const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

const identity = (call: Call, account: string): Answer => ({
  status: 200,
  headers: XML,
  body:
    `<GetCallerIdentityResponse xmlns="${NAMESPACE}"><GetCallerIdentityResult><Arn>${call.callerArn}</Arn>` +
    `<UserId>${call.callerArn.split('/').slice(1).join(':')}</UserId><Account>${account}</Account></GetCallerIdentityResult>` +
    `<ResponseMetadata><RequestId>${call.id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
});

const unknownAction = (call: Call, action: string): Answer => ({
  status: 400,
  headers: XML,
  body:
    `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>InvalidAction</Code>` +
    `<Message>The local cloud does not know the STS action ${action.replaceAll(/[^A-Za-z]/g, '')}.</Message></Error><RequestId>${call.id}</RequestId></ErrorResponse>`,
});

/** STS: tells callers who they are (the query protocol, `GetCallerIdentity` alone). */
export const startSts = (cloud: Cloud): Service => ({
  name: 'sts',
  handle: async (call) => {
    const parameters = new URLSearchParams(await text(call.body));
    const action = parameters.get('Action') ?? call.url.searchParams.get('Action') ?? '';
    return action === 'GetCallerIdentity' ? identity(call, cloud.account) : unknownAction(call, action);
  },
  close: async () => {},
});
