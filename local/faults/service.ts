import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { s3Error } from '../s3/errors.ts';
import type { Answer, AwsError, Call, Service } from '../service.ts';
import { failed, LostAnswer, throttled } from './errors.ts';
import type { Faults, Strike } from './faults.ts';
import { operationOf } from './operation.ts';
import { putPartly } from './partial.ts';
import { around, type KillProcess } from './process.ts';
import type { FaultKind } from './plan.ts';

const KINDS: ReadonlySet<FaultKind> = new Set([
  'throttle',
  'error',
  'lost-answer',
  'slow',
  'partial',
  'kill-process',
]);

const drop = async ({ body }: Answer): Promise<void> => {
  if (body instanceof Readable) await finished(body.resume());
};

const refuse = (service: Service, call: Call, error: AwsError): Answer => {
  if (service.name === 's3') return s3Error(error, call);
  throw error;
};

const suffer = async (
  service: Service,
  call: Call,
  { fault, draw }: Strike,
  kill: KillProcess,
): Promise<Answer> => {
  const run = () => service.handle(call);
  switch (fault.kind) {
    case 'throttle':
      return refuse(service, call, throttled(service.name));
    case 'error':
      return refuse(service, call, failed(service.name));
    case 'slow':
      await sleep(fault.delayMs);
      return run();
    case 'partial':
      return putPartly(service, call, { share: fault.share, draw });
    case 'kill-process':
      return around(run, draw, kill);
    default:
      await drop(await run());
      throw new LostAnswer('A fault plan says that the answer is lost.');
  }
};

/**
 * A service whose calls suffer the faults of a plan. Invocations are left to `functionsWithFaults`, as most do not come over the
 * endpoint.
 *
 * @example
 * gateway.open(services.map((service) => serviceWithFaults(service, faults, killProcess)), principals);
 */
export const serviceWithFaults = (service: Service, faults: Faults, kill: KillProcess): Service => ({
  ...service,
  handle: async (call) => {
    if (!faults.active()) return service.handle(call);
    const strike = faults.strike(operationOf(service.name, call), call.callerArn, KINDS);
    return strike ? suffer(service, call, strike, kill) : service.handle(call);
  },
});
