import { type Command, Option } from 'commander';
import type { Backend } from './backend.ts';
import { readTextFile } from './files.ts';
import { addReplay } from './replay-commands.ts';
import { given } from './request.ts';

/** Adds `policy draft|show|approve|hold|push|undo|replay`. */
export function addPolicy(program: Command, backend: Backend): void {
  const policy = program.command('policy').description('the two policies that this product makes and owns');
  policy
    .command('draft [customer]')
    .description('draw both policies, and say what they would do to everybody')
    .option('--snapshot <file>', 'draw from this snapshot file, without server and store')
    .action(async (customer: string | undefined, options: { snapshot?: string }) => {
      backend.print(
        options.snapshot === undefined
          ? await backend.operate('policy draft', named(customer))
          : await backend.offline('policy draft', readTextFile(options.snapshot), {}),
      );
    });
  policy
    .command('show [customer]')
    .description('the draft, how it stands with those who decide, and what was pushed')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('policy show', named(customer)));
    });
  addPush(policy, backend);
  addReplay(policy, backend);
  for (const [verb, description] of [
    ['approve', 'approve the draft that you were shown'],
    ['hold', 'hold the draft that you were shown'],
  ] as const) {
    policy
      .command(`${verb} [customer]`)
      .description(description)
      .requiredOption('--digest <digest>', 'the digest you were shown')
      .requiredOption(
        '--as <person>',
        'who decides: name, sign-in name or object id of somebody with a role at the customer',
      )
      .option('--tenant <id>', 'the tenant that person is at home in, where the id stands in the grants more than once')
      .addOption(new Option('--seen <decision>', 'the decision that stood beside the draft, to lift a hold'))
      .action(async (customer: string | undefined, options: Decided) => {
        const { digest, as, tenant, seen } = options;
        backend.print(
          await backend.operate('policy decide', {
            ...named(customer),
            ...{ digest, as, verdict: verb === 'approve' ? 'approved' : 'held' },
            ...(tenant === undefined ? {} : { tenant }),
            ...(seen === undefined ? {} : { seen }),
          }),
        );
      });
  }
}

function addPush(policy: Command, backend: Backend): void {
  policy
    .command('push [customer]')
    .description('write the approved draft into the tenant, report-only; run again, it writes nothing')
    .addOption(new Option('--digest <digest>', 'the digest of the approved draft').conflicts('plan'))
    .addOption(new Option('--plan', 'only say what would be written, by what is stored'))
    .action(async (customer: string | undefined, options: { digest?: string; plan?: boolean }) => {
      const { digest, plan } = options;
      backend.print(await backend.operate('policy push', { ...named(customer), ...given({ digest, plan }) }));
    });
  policy
    .command('undo [customer]')
    .description('take the newest push back; asks no approval, and leaves what somebody else changed')
    .option('--push <id>', 'the push that is meant, where you want to be sure')
    .action(async (customer: string | undefined, options: { push?: string }) => {
      const { push } = options;
      backend.print(await backend.operate('policy undo', { ...named(customer), ...given({ push }) }));
    });
}

type Decided = { digest: string; as: string; tenant?: string; seen?: string };

function named(customer: string | undefined): { customer?: string } {
  return customer === undefined ? {} : { customer };
}
