import type { Caller } from '../../gateway/request.ts';

/** A client of AWS's SDK. */
export interface SdkClient {
  send(command: object, options: { abortSignal: AbortSignal }): Promise<object>;
  destroy(): void;
}

/** The role in whose name a Task calls, with the SDK clients made for it so far, by package. */
export interface TaskCaller extends Caller {
  readonly clients: Map<string, SdkClient>;
}
