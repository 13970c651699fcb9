import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type DocumentedCall, documentedCalls } from '../../src/services/calls.ts';
import { graphCalls } from '../../src/services/graph/calls.ts';

const page = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
const contracts = new URL('../../../shared/contracts/graph/permissions-needed.json', import.meta.url);

/** Documented for Mail.Read alone, which the Mail.ReadWrite of drafts includes. */
const INCLUDED_IN_WIDER = 'mail.get';

/** The rows of the page's tables, under the vendor that their section is headed with. */
function pageRows(): string[] {
  let vendor = '';
  return page.split('\n').flatMap((line) => {
    if (line.startsWith('## ')) vendor = line.slice(3).trim();
    const isRow = line.startsWith('| ') && !line.startsWith('| area') && !line.startsWith('| ---');
    return isRow ? [`${vendor} ${line}`] : [];
  });
}

function rowOf(call: DocumentedCall): string {
  const permissions = call.permissions.length === 0 ? 'none of its own' : call.permissions.join(', ');
  return `${call.vendor} | ${call.area} | \`${call.method} ${call.path}\` | ${call.version} | ${permissions} | ${call.limit} |`;
}

describe('docs/permissions.md', () => {
  it('lists exactly the calls that the code makes', () => {
    expect(pageRows().sort()).toEqual(documentedCalls().map(rowOf).sort());
  });

  it('names every Graph permission among those to grant, and no other', () => {
    const paragraphs = [...page.matchAll(/To grant for \w+: ([\s\S]*?)\.\n\n/g)].map(([, names = '']) => names);
    const named = paragraphs.flatMap((names) => names.split(',').map((permission) => permission.trim()));
    const needed = new Set<string>(Object.values(graphCalls).flatMap(({ permissions }) => [...permissions]));
    expect(named.sort()).toEqual([...needed].sort());
  });
});

describe('the table of Graph calls', () => {
  it.skipIf(!existsSync(contracts))(
    'asks for permissions that Graph accepts for each call (skipped without the contracts)',
    () => {
      const grants = z.object({ least: z.array(z.string()), other: z.array(z.string()) });
      const file = z.object({ endpoints: z.record(z.string(), z.object({ Application: grants.nullish() }).nullish()) });
      const { endpoints } = file.parse(JSON.parse(readFileSync(contracts, 'utf8')));
      const refused = Object.entries(graphCalls).filter(([name, { method, path, permissions }]) => {
        if (name === INCLUDED_IN_WIDER) return false;
        // The contracts call every id {id}.
        const accepted = endpoints[`${method} ${path.replaceAll(/\{\w+\}/g, '{id}')}`]?.Application;
        const names = [...(accepted?.least ?? []), ...(accepted?.other ?? [])];
        return names.length > 0 && !permissions.some((permission) => names.includes(permission));
      });
      expect(refused).toEqual([]);
    },
  );
});
