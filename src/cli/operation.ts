import { userInfo } from 'node:os';
import { z } from 'zod';
import type { App } from '../compose.ts';
import type { Json } from '../lib/canonical-json.ts';
import { AppError } from '../lib/errors.ts';
import type { Answer } from './output.ts';

/** The clock as the running process turned it; absent where no sandbox runs in it. */
export type TurnableClock = { offsetMs(): number; advance(ms: number): Promise<void> };

export type Context = { app: App; clock: TurnableClock | undefined; onProgress(text: string): void };

/** One command that needs the store. */
export type Operation = { run(context: Context, input: unknown): Promise<Answer> };

/** Commands by name; what `--json` prints and the text a person reads stand side by side in each answer. */
export type OperationTable = Readonly<Record<string, Operation>>;

/** The input of a command about one customer; with a single customer in the store its name may be left out. */
export const oneCustomer = z.strictObject({ customer: z.string().optional() });

/** Makes a command out of the form of its input and what it does; input of another form is refused with `usage`. */
export function operation<S extends z.ZodType>(
  schema: S,
  run: (context: Context, input: z.output<S>) => Promise<Answer>,
): Operation {
  return {
    run: async (context, input) => {
      const parsed = schema.safeParse(input);
      if (!parsed.success)
        throw new AppError('usage', `the command was called wrongly: ${z.prettifyError(parsed.error)}`);
      return run(context, parsed.data);
    },
  };
}

/** Who acts at the command line: the operating system's user, who alone may open the socket or the store. */
export function actorAtCommandLine(): Json {
  return { kind: 'cli', user: userInfo().username };
}
