import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { machine, openCloud, role } from './cloud.ts';

/** Runs an execution that waits, tells its ARN, and lives until it is killed. */
const [folder = ''] = process.argv.slice(2);
const wait = machine('wait', 'all', { A: { Type: 'Wait', Seconds: 900, End: true } });
const cloud = await openCloud({ folder, resources: [role('all', '*'), wait] });
const done = await cloud.start('wait', { n: 0 }, 'done');
await cloud.sfn.send(new StopExecutionCommand({ executionArn: done }));
process.stdout.write(`${await cloud.start('wait', { n: 1 }, 'killed')}\n`);
