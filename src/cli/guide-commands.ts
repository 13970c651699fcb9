import type { Command } from 'commander';
import { z } from 'zod';
import { guideFileText, parseGuideFile } from '../rollout/guide/guide-file.ts';
import { GUIDE_LANGUAGES, type GuideLanguage, guidePath, offeredMethods } from '../rollout/guide/guide-types.core.ts';
import type { Backend } from './backend.ts';
import { readTextFile } from './files.ts';
import { actorAtCommandLine, type Context, type OperationTable, oneCustomer, operation } from './operation.ts';
import { table } from './output.ts';

/** The commands about the enrolment guide. */
export const GUIDE_OPERATIONS: OperationTable = {
  'guide show': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const edits = await app.guide.edits(customer.id);
    const text = guideFileText(edits);
    return {
      json: { customer: { id: customer.id, name: customer.name }, edits },
      text:
        text === ''
          ? `${customer.name} shows the guide as it is delivered.\nNext: mfa-rollout guide edit FILE`
          : text.trimEnd(),
    };
  }),
  'guide edit': operation(oneCustomer.extend({ text: z.string() }), async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    const { change, edits } = await app.guide.edit(customer.id, parseGuideFile(input.text), actorAtCommandLine());
    const words = change === 'changed' ? 'is changed' : 'says that already';
    return {
      json: { customer: { id: customer.id, name: customer.name }, change, edits },
      text: `The guide of ${customer.name} ${words}.\nNext: mfa-rollout guide url`,
    };
  }),
  'guide url': operation(oneCustomer, async (context, input) => {
    const customer = await context.app.customers.find(input.customer);
    const offered = offeredMethods(await context.app.guide.edits(customer.id));
    const pages = [null, ...offered].flatMap((method) =>
      GUIDE_LANGUAGES.map((language: GuideLanguage) => ({
        language,
        method,
        url: `${serverOf(context)}${guidePath({ customerId: customer.id, language, method })}`,
      })),
    );
    return {
      json: { customer: { id: customer.id, name: customer.name }, pages },
      text: table(
        ['language', 'method', 'address'],
        pages.map((page) => [page.language, page.method ?? '(index)', page.url]),
      ),
    };
  }),
};

/** Adds `guide show|edit|url`. */
export function addGuide(program: Command, backend: Backend): void {
  const guide = program.command('guide').description('the enrolment guide that people read without signing in');
  const named = (customer: string | undefined) => (customer === undefined ? {} : { customer });
  guide
    .command('show [customer]')
    .description('what the customer changed of the guide, as a file for "guide edit"')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('guide show', named(customer)));
    });
  guide
    .command('edit <file> [customer]')
    .description('change helpdesk contact, company name, intro, methods on offer or notes from a YAML file')
    .action(async (file: string, customer?: string) => {
      backend.print(await backend.operate('guide edit', { ...named(customer), text: readTextFile(file) }));
    });
  guide
    .command('url [customer]')
    .description('the addresses of the guide’s pages')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('guide url', named(customer)));
    });
}

/** Where browsers reach this server; without a public address the pages are named from the server's root. */
function serverOf({ app }: Context): string {
  return app.teams?.publicUrl ?? '';
}
