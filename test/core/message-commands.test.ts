import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { addMessageTemplates, MESSAGE_TEMPLATE_OPERATIONS } from '../../src/cli/message-template-commands.ts';
import type { Answer } from '../../src/cli/output.ts';

const folder = mkdtempSync(join(tmpdir(), 'mfa-mails-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command line; operations are noted and answered with a word, as if a server ran. */
async function run(...words: string[]) {
  const operations: { name: string; input: unknown }[] = [];
  const printed: Answer[] = [];
  const program = new Command().exitOverride();
  addMessageTemplates(program, {
    operate: (name, input) => {
      operations.push({ name, input });
      return Promise.resolve({ json: { html: '<p>' }, text: 'answered' });
    },
    offline: () => Promise.reject(new Error('not asked for here')),
    moveStore: () => Promise.reject(new Error('not asked for here')),
    print: (answer) => void printed.push(answer),
  });
  await program.parseAsync(['messages', ...words], { from: 'user' });
  return { operations, text: printed.map((answer) => answer.text).join('\n') };
}

describe('the commands about mail templates', () => {
  it('answer without a store where no customer is named', async () => {
    for (const words of [
      ['template', 'list'],
      ['template', 'show'],
      ['preview', 'lastCall', '--language', 'de'],
    ]) {
      const { operations, text } = await run(...words);
      expect(operations).toEqual([]);
      expect(text).toContain('zweiter Schritt');
    }
  });

  it('ask the store by operations that exist', async () => {
    const file = join(folder, 'mails.yaml');
    writeFileSync(file, 'reminder: {en: {subject: "Before {{enforceOn}}"}}');
    const lines = [
      ['template', 'list', '--customer', 'Contoso'],
      ['template', 'show', 'reminder', '--customer', 'Contoso'],
      ['template', 'set', file],
      ['template', 'reset', 'Contoso'],
      ['preview', 'reminder', '--customer', 'Contoso'],
    ];
    for (const words of lines) {
      const { operations } = await run(...words);
      expect(operations.map(({ name }) => Object.hasOwn(MESSAGE_TEMPLATE_OPERATIONS, name))).toEqual([true]);
    }
  });

  it('show all texts as a file that they accept, and preview a file before it is set', async () => {
    const file = join(folder, 'all.yaml');
    writeFileSync(file, (await run('template', 'show')).text.replace('second step, before', 'second step, BEFORE'));
    expect((await run('template', 'check', file)).text).toContain('has no mistakes. It changes 36 texts.');
    const page = join(folder, 'reminder.html');
    const { text } = await run('preview', 'reminder', '--file', file, '--html', page);
    expect(text).toContain('Subject:   Reminder: your second step, BEFORE Monday, 8 February 2027');
    expect(readFileSync(page, 'utf8')).toContain('<!doctype html>');
  });
});
