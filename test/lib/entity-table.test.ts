import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { entity, timestamp, z } from '../../core/schema/index.ts';
import { entityTable } from '../../lib/entity-table.ts';

const ticket = entity({
  name: 'ticket',
  description: 'Lets somebody in for a while',
  fields: { seat: z.string().min(1), until: timestamp().optional() },
  expires: 'until',
});
const visit = entity({
  name: 'visit',
  description: 'Somebody came in',
  fields: { ticket: z.string().min(1) },
});

test('the table of an entity that expires has a time to live', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'tailrace-synth-'));
  const stack = new Stack(new App({ outdir, builtinCloudFormationValidation: false }));
  entityTable(stack, ticket, 'tickets');
  entityTable(stack, visit, 'visits');
  const tables = Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable');
  rmSync(outdir, { recursive: true });

  expect(Object.values(tables).map(({ Properties }) => Properties.TimeToLiveSpecification)).toEqual([
    { AttributeName: 'timeToLive', Enabled: true },
    undefined,
  ]);
});
