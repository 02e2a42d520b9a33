import type { Readable } from 'node:stream';

/** One resource of the synthesized stacks, with every intrinsic resolved. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** Properties as CloudFormation would see them: no `Ref`, no `Fn::*` left. */
  // oxlint-disable-next-line typescript/no-explicit-any -- template properties have no static shape; each service parses its own
  readonly properties: Record<string, any>;
  /** What `Ref` of this resource gives: a name, an id or an ARN, as the type has it. */
  readonly ref: string;
  /** What `Fn::GetAtt` of this resource gives, by attribute name. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The synthesized metadata, `aws:asset:path` among it. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What every service is given: where to keep data, what was deployed, where to say things. */
export interface Cloud {
  readonly region: string;
  readonly account: string;
  /** Absolute path of the data folder; a service keeps its files in a folder of its own name below it. */
  readonly dataDir: string;
  /** Absolute path of the synthesized assembly, where assets lie. */
  readonly assemblyDir: string;
  /** The address every AWS SDK uses, such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Resources of one CloudFormation type, over all stacks. */
  resources(type: string): readonly Resource[];
  /** One line for the person in front of the terminal; `source` is a service or function name. */
  readonly log: (level: LogLevel, source: string, message: string) => void;
}

/** One request as it reached the endpoint. */
export interface Call {
  readonly id: string;
  readonly method: string;
  /** The request target exactly as sent: `url` has its dot segments resolved. */
  readonly target?: string;
  /** Path and query, still percent-encoded. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  /** ARN of whoever signed the request. */
  readonly callerArn: string;
  /** Throws `AccessDeniedException` unless the caller's policies allow the action on the resource. */
  authorize(action: string, resourceArn: string): void;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | Readable;
}

/** What the gateway sees of an AWS service. Each lives in a folder of its name, in `service.ts`. */
export interface Service {
  /** The name in the credential scope of a signature: `s3`, `athena`, `firehose`. */
  readonly name: string;
  handle(call: Call): Promise<Answer>;
  /** Frees what it holds; everything acknowledged is on disk before and after. */
  close(): Promise<void>;
}

/** An error of the AWS API, as its service would send it. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
