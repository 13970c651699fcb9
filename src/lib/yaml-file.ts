import { isMap, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';

/** One mistake in a file that a person wrote; `line` counts from 1. */
export type FileMistake = { line: number; path: string; message: string };

export type YamlForm<S extends z.ZodType> = {
  schema: S;
  /** Larger files are refused unread: the schema could not fill a hundredth of it. */
  bytesMax: number;
  /** What the choices of the file are between, by path, for the sentence about a wrong one. */
  kinds?: Readonly<Record<string, string>>;
};

export type YamlReading<T> = { ok: true; value: T } | { ok: false; mistakes: FileMistake[] };

/**
 * Reads a YAML file that a person wrote and gives its value, or every mistake with its line: broken YAML, an unknown
 * key, a value of the wrong form. The text of a refused value is never repeated, since it may be a secret.
 */
export function readYaml<S extends z.ZodType>(text: string, form: YamlForm<S>): YamlReading<z.output<S>> {
  const whole = (message: string): YamlReading<never> => ({ ok: false, mistakes: [{ line: 1, path: '', message }] });
  if (Buffer.byteLength(text) > form.bytesMax) return whole('is too large for a file of this kind');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false });
  if (document.errors.length > 0) {
    const mistakes = document.errors.map((error) => ({
      line: lines.linePos(error.pos[0]).line,
      path: '',
      message: yamlReason(error.code),
    }));
    return { ok: false, mistakes };
  }
  const plain = plainValue(document);
  if (plain === undefined) return whole('uses YAML aliases; write the values out');
  const parsed = form.schema.safeParse(plain.value, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  const lineOf = (keys: readonly PropertyKey[]) => lineOfNode(document.contents, keys, lines);
  return { ok: false, mistakes: parsed.error.issues.flatMap((issue) => mistakesOf(issue, lineOf, form.kinds ?? {})) };
}

/** A mistake as a line of a list. */
export function mistakeText({ line, path, message }: FileMistake): string {
  return `line ${line}: ${path === '' ? 'the file' : path} ${message}`;
}

/** Aliases are not expanded: a few lines of them could fill the memory, and no file needs them. */
function plainValue(document: ReturnType<typeof parseDocument>): { value: unknown } | undefined {
  try {
    return { value: (document.toJS({ maxAliasCount: 0 }) as unknown) ?? {} };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return undefined;
  }
}

function mistakesOf(
  issue: z.core.$ZodIssue,
  lineOf: (keys: readonly PropertyKey[]) => number,
  kinds: Readonly<Record<string, string>>,
): FileMistake[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const keys = [...issue.path, key];
      return { line: lineOf(keys), path: keys.map(String).join('.'), message: 'is not a known key' };
    });
  }
  return [{ line: lineOf(issue.path), path: issue.path.map(String).join('.'), message: reasonOf(issue, kinds) }];
}

/** How zod says that a value is out of its limits. */
const SIZE = /^Too (?:small|big): expected (\w+) to (?:be|have) /;

function reasonOf(issue: z.core.$ZodIssue, kinds: Readonly<Record<string, string>>): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_union') return `must be ${kinds[issue.path.map(String).join('.')] ?? 'of a known kind'}`;
  if (issue.code === 'invalid_type') return `must be ${issue.expected}`;
  return `must be ${issue.message.replace(SIZE, 'a $1 ').replace(/^(Invalid input: )?expected /, '')}`;
}

/** YAML's own messages quote the text around the mistake, which may hold a secret; its codes do not. */
function yamlReason(code: string): string {
  return `is not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
}

/** The line of the deepest node on the way to `keys` that exists: of a missing key, its parent’s line. */
function lineOfNode(root: unknown, keys: readonly PropertyKey[], lines: LineCounter): number {
  let node = root;
  let line = 1;
  for (const key of keys) {
    const pair = isMap(node) ? node.items.find((item) => keyText(item.key) === String(key)) : undefined;
    const next = pair === undefined ? childAt(node, key) : pair.value;
    const start = (pair === undefined ? (next as Node | undefined) : (pair.key as Node | undefined))?.range?.[0];
    if (start !== undefined) line = lines.linePos(start).line;
    if (next === undefined || next === null) break;
    node = next;
  }
  return line;
}

function keyText(key: unknown): string {
  return String((key as { value?: unknown } | null)?.value);
}

function childAt(node: unknown, key: PropertyKey): unknown {
  const items = (node as { items?: unknown[] } | null)?.items;
  return typeof key === 'number' && !isMap(node) ? items?.[key] : undefined;
}
