import { stringify } from 'yaml';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { mistakeText, readYaml } from '../../lib/yaml-file.ts';
import { MESSAGE_KINDS, type Procedure } from './phase-types.core.ts';

/** Larger than any file the schema lets through. */
const FILE_BYTES_MAX = 256 * 1024;

/** One line of ordinary characters: a name must not forge another one in the admin center, and the store takes no NUL. */
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}\p{Cf}\u2028\u2029]*$/u, 'one line of ordinary characters');

const calendarDay = z.iso.date('a calendar day such as 2026-12-24');
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 09:30');
const names = z.array(line(200)).min(1).max(500);

const filter = z
  .strictObject({
    departments: names.optional(),
    jobTitles: names.optional(),
    domains: z
      .array(line(253).regex(/^[^@\s]+\.[^@\s]+$/, 'a domain such as example.com'))
      .min(1)
      .max(500)
      .optional(),
  })
  .refine(
    (given) => Object.values(given).some((list) => list !== undefined),
    'at least one of departments, jobTitles, domains',
  );

const phase = z.strictObject({
  name: line(100),
  people: filter.nullable(),
  enforceAfterDays: z.number().int().min(0).max(365),
});

const messageTime = z.strictObject({ daysBefore: z.number().int().min(-30).max(90), at: timeOfDay });

const freeze = z
  .strictObject({ from: calendarDay, to: calendarDay, why: line(200) })
  .refine(({ from, to }) => from <= to, 'a span whose first day is not after its last');

const calendar = z
  .strictObject({
    workdays: z
      .array(z.number().int().min(1).max(7))
      .min(1)
      .refine((days) => new Set(days).size === days.length, 'each weekday once')
      .default([1, 2, 3, 4, 5]),
    enforceFrom: timeOfDay.default('08:00'),
    enforceUntil: timeOfDay.default('14:00'),
    fridayUntil: timeOfDay.default('12:00'),
    holidays: z.array(calendarDay).max(1000).default([]),
    freezes: z.array(freeze).max(200).default([]),
  })
  .refine((given) => given.enforceFrom < given.enforceUntil, 'enforceFrom before enforceUntil');

/** Ways in which a list of phases contradicts itself. */
function phaseMistakes(phases: readonly z.output<typeof phase>[]): string | null {
  const seen = new Set<string>();
  for (const { name } of phases) {
    if (seen.has(name.toLowerCase())) return `phases of different names ("${name}" stands there twice)`;
    seen.add(name.toLowerCase());
  }
  if (phases.slice(0, -1).some(({ people }) => people === null) || phases.at(-1)?.people !== null) {
    return 'a last phase with "people: null", and only that one: everybody whom no other phase names';
  }
  const isRising = phases.every(
    (one, at) => at === 0 || one.enforceAfterDays > (phases[at - 1]?.enforceAfterDays ?? 0),
  );
  return isRising ? null : 'phases in the order of their days, each later than the one before (enforceAfterDays)';
}

/** The procedure file, version 1. A stored shape: a change needs a migration of `rollouts.procedure`. */
export const procedureSchema = z.strictObject({
  version: z.literal(1),
  name: line(100),
  phases: z
    .array(phase)
    .min(1)
    .max(100)
    .superRefine((phases, context) => {
      const message = phaseMistakes(phases);
      if (message !== null) context.addIssue({ code: 'custom', message });
    }),
  messages: z.partialRecord(z.enum(MESSAGE_KINDS), messageTime).default({
    announcement: { daysBefore: 7, at: '09:00' },
    howTo: { daysBefore: 5, at: '09:00' },
    reminder: { daysBefore: 3, at: '09:00' },
    managerNudge: { daysBefore: 3, at: '10:00' },
    lastCall: { daysBefore: 1, at: '09:00' },
    allClear: { daysBefore: -1, at: '09:00' },
  }),
  /** Never less than a day (safety rule S11). */
  window: z
    .strictObject({
      hours: z.number().int().min(24).max(2160).default(24),
      seenPercent: z.number().min(1).max(100).default(80),
    })
    .prefault({}),
  stopLine: z
    .strictObject({ percent: z.number().min(0).max(100).default(10), people: z.number().int().min(1).default(5) })
    .prefault({}),
  approvals: z.strictObject({ expireAfterHours: z.number().int().min(1).max(720).default(72) }).prefault({}),
  calendar: calendar.prefault({}),
  heldBlocksNext: z.boolean().default(false),
  sdSwitch: z
    .enum(['first', 'last'])
    .default('last')
    .describe(
      'Where Security Defaults are on: "last" runs the phases as outreach and observation and switches with the last one; "first" has one phase for everybody, and everyone whom Security Defaults cover is covered by the managed policy in the same step. Without Security Defaults it means nothing.',
    ),
  revokeSessions: z
    .boolean()
    .default(false)
    .describe(
      'Whether enforcing a phase ends the sessions of its people, so that they meet MFA at once and not when their tokens run out. Not where they are more than "rails.accountsMax" of the customer file: then nobody is signed out, and the journal says so.',
    ),
  chaseDaysBefore: z.number().int().min(0).max(30).default(3),
  extensionDays: z.number().int().min(0).max(90).optional(),
}) satisfies z.ZodType<Procedure, unknown>;

/**
 * Reads a procedure file. Refuses with `procedure_file_invalid` and every mistake with its line; what may be left out
 * has the value that the schema names.
 */
export function parseProcedureFile(text: string, path: string): Procedure {
  const reading = readYaml(text, { schema: procedureSchema, bytesMax: FILE_BYTES_MAX });
  if (reading.ok) return reading.value;
  const list = reading.mistakes.map(mistakeText);
  throw new AppError('procedure_file_invalid', `procedure file refused: ${list.join('; ')}`, {
    userMessage: `The procedure file ${path} is refused.\n${list.map((one) => `  - ${one}`).join('\n')}\nIts form is described in docs/schemas/procedure.schema.json.`,
  });
}

/** The procedure as a file: what `procedure export` prints and `procedure apply` reads. */
export function procedureFileText(procedure: Procedure): string {
  return stringify(procedure, { lineWidth: 120 });
}
