import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

function faqAsk(args: string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli/main.ts', 'faq', 'ask', ...args], {
    input,
    encoding: 'utf8',
    // No data folder and no server: the command must need neither.
    env: { PATH: process.env.PATH, DATA_DIR: '/dev/null/nowhere' },
  });
  return { status, stdout, stderr };
}

describe('faq ask', () => {
  it('answers without server and store', () => {
    const { status, stdout } = faqAsk(['I lost my phone', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ topic: 'lost-phone', action: 'handOver', language: 'en' });
  });

  it('prints one object per line of standard input, in order, whatever the line holds', () => {
    const lines = [
      'Was ist MFA?',
      '',
      'x'.repeat(1_000_000),
      'a\u2028b\u0000\u001b[31m',
      'مرحبا 🎉\r',
      'I lost my phone',
    ];
    const { status, stdout } = faqAsk(['-', '--json'], lines.join('\n'));
    expect(status).toBe(0);
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { topic: string | null }).topic);
    expect(answers).toEqual(['what-is-mfa', null, null, null, null, 'lost-phone']);
  });

  it('refuses another language as wrong usage', () => {
    expect(faqAsk(['hello', '--language', 'fr', '--json'])).toMatchObject({ status: 2 });
  });

  it('prints a text for a person without --json', () => {
    expect(faqAsk(['What is MFA?', '--language', 'de']).stdout).toMatch(/^Was MFA ist/);
  });
});
