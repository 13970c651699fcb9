import { isIP } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Backend } from './backend.ts';
import { readTextFile } from './files.ts';

const SNAPSHOT = ['--snapshot <file>', 'answer from this snapshot file, without server and store'] as const;

/** Adds `what-if` and `coverage`, which are answered from a snapshot file. */
export function addQuestions(program: Command, backend: Backend): void {
  program
    .command('what-if')
    .description(
      'which policies would apply to a sign-in, and whether MFA would be required; what you leave out stays open',
    )
    .requiredOption(...SNAPSHOT)
    .option('--draft <file>', 'a policy that does not exist yet (JSON), judged as if it were enabled')
    .option('--user <id>', 'only this person, by object id or user principal name (default: everybody)', plainText)
    .option('--app <appId>', 'the application signed in to, or Office365, or MicrosoftAdminPortals', application)
    .addOption(
      new Option(
        '--action <urn>',
        'instead of an application: urn:user:registersecurityinfo, urn:user:registerdevice, or a context (c1 to c99)',
      )
        .argParser(action)
        .conflicts('app'),
    )
    .addOption(
      new Option('--client <kind>', 'the kind of client').choices([
        'browser',
        'mobileAppsAndDesktopClients',
        'exchangeActiveSync',
        'other',
      ]),
    )
    .addOption(
      new Option('--platform <name>', 'the device’s platform').choices(['windows', 'macOS', 'iOS', 'android', 'linux']),
    )
    .option('--ip <address>', 'the address signed in from', ipAddress)
    .option('--country <code>', 'the country signed in from (two letters)', countryCode)
    .addOption(
      new Option('--flow <name>', 'the authentication flow').choices(['deviceCodeFlow', 'authenticationTransfer']),
    )
    .action(async (options: Record<string, unknown> & { snapshot: string; draft?: string }) => {
      const draftText = options.draft === undefined ? undefined : readTextFile(options.draft);
      backend.print(await backend.offline('what-if', readTextFile(options.snapshot), { ...options, draftText }));
    });
  program
    .command('coverage')
    .description('who is covered by which policy, for all apps, some, or only in some cases')
    .requiredOption(...SNAPSHOT)
    .action(async (options: { snapshot: string }) => {
      backend.print(await backend.offline('coverage', readTextFile(options.snapshot), {}));
    });
}

function plainText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty.');
  return text.trim();
}

/** A name would never be among the ids of a policy, and its answer that of an application which no policy knows. */
function application(text: string): string {
  const id = plainText(text);
  if (/\s/.test(id) || /^(all|none)$/i.test(id))
    throw new InvalidArgumentError(
      'It takes one application, by its application id. Leave it out to ask about every application.',
    );
  return id;
}

function action(text: string): string {
  const name = plainText(text);
  if (/^c\d+$/i.test(name) && !/^c[1-9]\d?$/i.test(name))
    throw new InvalidArgumentError('Authentication contexts are c1 to c99.');
  return name;
}

function countryCode(text: string): string {
  if (!/^[A-Za-z]{2}$/.test(text)) throw new InvalidArgumentError('It takes two letters, for example DE.');
  return text.toUpperCase();
}

/** An address with a zone (`fe80::1%eth0`) is one of a network at home, which no service ever sees. */
function ipAddress(text: string): string {
  if (isIP(text) === 0 || text.includes('%'))
    throw new InvalidArgumentError('It takes an IPv4 or IPv6 address, for example 203.0.113.7.');
  return text;
}
