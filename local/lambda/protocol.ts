/** What a worker is told when it starts. */
export interface Start {
  readonly codeDir: string;
  readonly handler: string;
  readonly functionName: string;
  readonly memoryMb: number;
  readonly logGroup: string;
  readonly logStream: string;
  readonly logFormat: 'Text' | 'JSON';
}

/** One invocation, as it is handed to a worker. The event travels as JSON text, as it does on AWS. */
export interface Invocation {
  readonly requestId: string;
  readonly arn: string;
  readonly event: string;
  readonly traceId: string;
  /** Milliseconds since the epoch at which the function's time is over. */
  readonly deadline: number;
}

/** What a worker says. `initError`, `result` and `error` carry the payload as JSON text. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'initError'; readonly payload: string }
  | { readonly type: 'log'; readonly text: string }
  | { readonly type: 'result' | 'error'; readonly payload: string };

/** How an invocation ended: the payload as JSON text, and whether it is an error. */
export interface Outcome {
  readonly payload: string;
  readonly failed: boolean;
  /** Why the runtime ended the worker, where the function itself could not log it. */
  readonly killed?: string;
}
