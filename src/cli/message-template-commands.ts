import { Argument, type Command, Option } from 'commander';
import { z } from 'zod';
import { MESSAGE_LANGUAGES, type MessageLanguage } from '../rollout/outreach/templates/message-types.core.ts';
import type { TemplatesChange } from '../rollout/outreach/templates/templates.ts';
import { MESSAGE_KINDS, type MessageKind } from '../rollout/phases/phase-types.core.ts';
import type { Backend } from './backend.ts';
import { readTextFile, writeFileWhole } from './files.ts';
import { actorAtCommandLine, type Context, type OperationTable, oneCustomer, operation } from './operation.ts';
import type { Answer } from './output.ts';

const oneMail = oneCustomer.extend({
  kind: z.enum(MESSAGE_KINDS).optional(),
  language: z.enum(MESSAGE_LANGUAGES).optional(),
});

/** The commands about a customer's mail templates. */
export const MESSAGE_TEMPLATE_OPERATIONS: OperationTable = {
  'messages template list': operation(oneCustomer, async (context, input) => {
    const { templateList } = await answers();
    return templateList((await editsOf(context, input.customer)).edits);
  }),
  'messages template show': operation(oneMail, async (context, input) => {
    const { templateShown } = await answers();
    return templateShown((await editsOf(context, input.customer)).edits, input.kind, input.language);
  }),
  'messages template set': operation(
    oneCustomer.extend({ path: z.string(), text: z.string() }),
    async ({ app }, input) => {
      const { parseTemplateEdits } = await import('../rollout/outreach/templates/template-file.ts');
      const customer = await app.customers.find(input.customer);
      const edits = parseTemplateEdits(input.text, input.path);
      const saved = await app.messageTemplates.save(customer.id, edits, actorAtCommandLine());
      return changeAnswer(customer, saved);
    },
  ),
  'messages template reset': operation(oneCustomer, async ({ app }, input) => {
    const customer = await app.customers.find(input.customer);
    return changeAnswer(customer, await app.messageTemplates.reset(customer.id, actorAtCommandLine()));
  }),
  'messages preview': operation(
    oneCustomer.extend({ kind: z.enum(MESSAGE_KINDS), language: z.enum(MESSAGE_LANGUAGES).optional() }),
    async (context, input) => {
      const { messagePreview } = await answers();
      const { edits, language } = await editsOf(context, input.customer);
      return messagePreview(edits, input.kind, input.language ?? language);
    },
  ),
};

/** Adds `messages template list|show|check|set|reset` and `messages preview`. */
export function addMessageTemplates(program: Command, backend: Backend): void {
  const messages =
    program.commands.find((command) => command.name() === 'messages') ??
    program.command('messages').description('the mails of a phase');
  const template = messages.command('template').description('the texts that the mails are made from');
  addReading(template, backend);
  addChanging(template, backend);
  addPreview(messages, backend);
}

const CUSTOMER = ['--customer <name>', 'with what this customer changed (default: the built-in texts)'] as const;

type Choice = { customer?: string; language?: MessageLanguage };

function addReading(template: Command, backend: Backend): void {
  template
    .command('list')
    .description('every mail with its subject, and what was changed of it')
    .option(...CUSTOMER)
    .action(async ({ customer }: Choice) => {
      backend.print(
        customer === undefined
          ? (await answers()).templateList({})
          : await backend.operate('messages template list', { customer }),
      );
    });
  template
    .command('show')
    .addArgument(kindArgument('[kind]'))
    .description('texts as a file for "messages template set": one mail, else all of them')
    .option(...CUSTOMER)
    .addOption(languageOption())
    .action(async (kind: MessageKind | undefined, choice: Choice) => {
      backend.print(
        choice.customer === undefined
          ? (await answers()).templateShown(null, kind, choice.language)
          : await backend.operate('messages template show', { ...choice, ...(kind === undefined ? {} : { kind }) }),
      );
    });
  template
    .command('check <file>')
    .description('every mistake of a file of texts, with its line; changes nothing')
    .action(async (file: string) => {
      backend.print((await answers()).templateChecked(readTextFile(file), file));
    });
}

function addChanging(template: Command, backend: Backend): void {
  const named = (customer: string | undefined) => (customer === undefined ? {} : { customer });
  template
    .command('set <file> [customer]')
    .description('take the texts of a YAML or JSON file; what it does not name is built in again')
    .action(async (file: string, customer?: string) => {
      const input = { ...named(customer), path: file, text: readTextFile(file) };
      backend.print(await backend.operate('messages template set', input));
    });
  template
    .command('reset [customer]')
    .description('make every mail the built-in one again')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('messages template reset', named(customer)));
    });
}

type PreviewChoice = Choice & { file?: string; html?: string };

function addPreview(messages: Command, backend: Backend): void {
  messages
    .command('preview')
    .addArgument(kindArgument('<kind>'))
    .description('one mail as a reader gets it, with invented names')
    .option(...CUSTOMER)
    .addOption(new Option('--file <file>', 'with the texts of this file, before they are set').conflicts('customer'))
    .addOption(languageOption())
    .option('--html <file>', 'write the HTML part into this file')
    .action(async (kind: MessageKind, choice: PreviewChoice) => {
      const answer = await previewed(kind, choice, backend);
      const { html } = z.object({ html: z.string() }).parse(answer.json);
      if (choice.html === undefined) {
        backend.print(answer);
        return;
      }
      writeFileWhole(choice.html, html);
      backend.print({ ...answer, text: `${answer.text}\n\nHTML written to ${choice.html}` });
    });
}

async function previewed(kind: MessageKind, choice: PreviewChoice, backend: Backend): Promise<Answer> {
  const { customer, language, file } = choice;
  if (customer !== undefined) {
    return backend.operate('messages preview', { customer, kind, ...(language === undefined ? {} : { language }) });
  }
  const { messagePreview } = await answers();
  if (file === undefined) return messagePreview({}, kind, language ?? 'en');
  const { parseTemplateEdits } = await import('../rollout/outreach/templates/template-file.ts');
  return messagePreview(parseTemplateEdits(readTextFile(file), file), kind, language ?? 'en');
}

function kindArgument(name: string): Argument {
  return new Argument(name, 'which mail').choices(MESSAGE_KINDS);
}

function languageOption(): Option {
  return new Option('--language <code>', 'the reader’s language').choices(MESSAGE_LANGUAGES);
}

/** Loaded when they are asked for, since no other command needs the mail library. */
function answers(): Promise<typeof import('./message-template-answers.ts')> {
  return import('./message-template-answers.ts');
}

async function editsOf({ app }: Context, named: string | undefined) {
  const customer = await app.customers.find(named);
  return { edits: await app.messageTemplates.of(customer.id), language: customer.settings.language };
}

function changeAnswer({ id, name }: { id: string; name: string }, { change, edits, changed }: TemplatesChange): Answer {
  const words =
    change === 'none'
      ? `The mails of ${name} say that already.`
      : `The mails of ${name} are changed:\n${changed.map((part) => `  ${part}`).join('\n')}`;
  const json = { customer: { id, name }, change, changed, edits };
  return { json, text: `${words}\nNext: mfa-rollout messages preview KIND --customer "${name}"` };
}
