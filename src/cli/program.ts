import { Command, InvalidArgumentError, Option } from 'commander';
import { DAY_MS } from '../lib/clock.ts';
import { addGrants } from './access-commands.ts';
import { addAccessPasses } from './access-pass-commands.ts';
import type { Backend } from './backend.ts';
import { addChannel } from './channel-commands.ts';
import { addAdminConsent } from './consent-commands.ts';
import { addDrift } from './drift-commands.ts';
import { addEmergency } from './emergency-commands.ts';
import { addFaq } from './faq-commands.ts';
import { readTextFile, writeFileWhole } from './files.ts';
import { addGuide } from './guide-commands.ts';
import { addHoldouts } from './holdout-commands.ts';
import { addHrConnection } from './hr-commands.ts';
import { addMessages } from './message-commands.ts';
import { addMessageTemplates } from './message-template-commands.ts';
import { addMoves } from './move-commands.ts';
import type { Outlet } from './output.ts';
import { addExceptionRequests, addPersons } from './person-commands.ts';
import { addPhases } from './phase-commands.ts';
import { addPolicy } from './policy-commands.ts';
import { addProcedure } from './procedure-commands.ts';
import { addQuestions } from './question-commands.ts';
import { addRehearse } from './rehearse-command.ts';
import { addReport } from './report-commands.ts';
import { addSignIns } from './sign-in-commands.ts';
import { addTakeover } from './takeover-commands.ts';
import { addTickets } from './ticket-commands.ts';

const SNAPSHOT = ['--snapshot <file>', 'answer from this snapshot file, without server and store'] as const;

/**
 * Builds the command line `mfa-rollout`. Every command takes --json; usage mistakes end with exit code 2. Help and usage
 * go to the outlet, or to the process without one.
 */
export function createProgram(backend: Backend, outlet?: Outlet): Command {
  const program = new Command('mfa-rollout')
    .description('Moves a customer’s people from optional to enforced MFA without locking anyone out, and proves it.')
    .option('--json', 'print one JSON object and nothing else', false)
    .showHelpAfterError('(mfa-rollout help shows the commands)')
    .exitOverride()
    .configureOutput(outlet === undefined ? {} : { writeOut: outlet.out, writeErr: outlet.err });
  addCustomers(program, backend);
  addGrants(program, backend);
  addGuide(program, backend);
  addMessages(program, backend);
  addMessageTemplates(program, backend);
  addChannel(program, backend);
  addSync(program, backend);
  addMasterList(program, backend);
  addSnapshot(program, backend);
  addQuestions(program, backend);
  addProcedure(program, backend);
  addSignIns(program, backend);
  addPolicy(program, backend);
  addPhases(program, backend);
  addMoves(program, backend);
  addDrift(program, backend);
  addTakeover(program, backend);
  addTickets(program, backend);
  addHoldouts(program, backend);
  addAccessPasses(program, backend);
  addPersons(program, backend);
  addEmergency(program, backend);
  addReport(program, backend);
  addRehearse(program, backend);
  addUpkeep(program, backend);
  addStore(program, backend);
  addFaq(program, backend);
  acceptJsonEverywhere(program);
  return program;
}

function addCustomers(program: Command, backend: Backend): void {
  const customers = program.command('customers').description('the customers of this deployment');
  customers
    .command('add <file>')
    .description('add a customer from a YAML file, or take over its changed settings')
    .action(async (file: string) => {
      backend.print(await backend.operate('customers add', { path: file, text: readTextFile(file) }));
    });
  customers
    .command('list')
    .description('list the customers')
    .action(async () => {
      backend.print(await backend.operate('customers list', {}));
    });
  customers
    .command('check [customer]')
    .description('try every endpoint, secret and permission of a customer, and say what is missing')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('customers check', named(customer)));
    });
  addHrConnection(customers, backend);
  addAdminConsent(customers, backend);
}

function addSync(program: Command, backend: Backend): void {
  program
    .command('sync [customer]')
    .description('read the HR source and the tenant, and bring the master list up to date')
    .option('--people-only', 'read people, registration, policies and legacy sign-ins only', false)
    .option('--full', 'read everything again instead of what changed', false)
    .option('--accept-shrunk', 'take an empty or shrunk source as true', false)
    .action(
      async (customer: string | undefined, options: { peopleOnly: boolean; full: boolean; acceptShrunk: boolean }) => {
        const { peopleOnly, full, acceptShrunk } = options;
        backend.print(await backend.operate('sync', { ...named(customer), peopleOnly, full, acceptShrunk }));
      },
    );
  program
    .command('status [customer]')
    .description('where the customer stands and what comes next')
    .action(async (customer?: string) => {
      backend.print(await backend.operate('status', named(customer)));
    });
}

function addMasterList(program: Command, backend: Backend): void {
  const commands = [
    { name: 'roster' as const, description: 'the master list: people, left-overs, differences, suggestions' },
    { name: 'exceptions' as const, description: 'the accounts to carve out, each with its evidence, for signature' },
  ];
  for (const { name, description } of commands) {
    const command = program
      .command(`${name} [customer]`)
      .description(description)
      .option(...SNAPSHOT)
      .action(async (customer: string | undefined, options: { snapshot?: string }) => {
        backend.print(
          options.snapshot === undefined
            ? await backend.operate(name, named(customer))
            : await backend.offline(name, readTextFile(options.snapshot), {}),
        );
      });
    if (name === 'exceptions') addExceptionRequests(command, backend);
  }
}

function addSnapshot(program: Command, backend: Backend): void {
  program
    .command('snapshot [customer]')
    .description('read everything afresh and write it as a snapshot file')
    .requiredOption('--out <file>', 'the file to write')
    .option('--stored', 'write what the last sync read instead of reading afresh', false)
    .action(async (customer: string | undefined, options: { out: string; stored: boolean }) => {
      const answer = await backend.operate('snapshot', { ...named(customer), stored: options.stored });
      writeFileWhole(options.out, `${JSON.stringify(answer.json)}\n`);
      backend.print({ json: { file: options.out }, text: `${answer.text}\nWritten to ${options.out}` });
    });
}

function addUpkeep(program: Command, backend: Backend): void {
  const clock = program.command('clock').description('the sandbox’s clock');
  clock
    .command('show')
    .description('what time it is here, and how far the clock is turned')
    .action(async () => {
      backend.print(await backend.operate('clock show', {}));
    });
  clock
    .command('advance')
    .argument('<duration>', 'how far: a number and a unit, s, m, h or d', durationMs)
    .description('turn the sandbox’s clock forward, for example 90m, 24h or 3d')
    .action(async (ms: number) => {
      backend.print(await backend.operate('clock advance', { ms }));
    });
}

function addStore(program: Command, backend: Backend): void {
  const store = program.command('store').description('move the whole store to another engine or version');
  store
    .command('export <file>')
    .description('write every row into a file; stop the server first')
    .action(async (file: string) => {
      backend.print(await backend.moveStore('export', file));
    });
  store
    .command('import <file>')
    .description('fill an empty store from such a file')
    .action(async (file: string) => {
      backend.print(await backend.moveStore('import', file));
    });
}

function named(customer: string | undefined): { customer?: string } {
  return customer === undefined ? {} : { customer };
}

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS } as const;

function durationMs(text: string): number {
  const match = /^(\d+)([smhd])$/.exec(text);
  if (match === null) throw new InvalidArgumentError('a number and a unit: s, m, h or d');
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** `--json` is read wherever it stands on the line, not only before the command. */
function acceptJsonEverywhere(command: Command): void {
  for (const child of command.commands) {
    child.addOption(new Option('--json', 'print one JSON object and nothing else').default(false));
    child.exitOverride();
    acceptJsonEverywhere(child);
  }
}
