import { z } from 'zod';

/*
 * What we rely on in ConnectWise's answers. Objects are open, since versions add members; names stay as ConnectWise
 * writes them.
 */
const id = z.number().int();
const textOrNull = z.string().nullish();
const flagOrNull = z.boolean().nullish();
const reference = z.looseObject({ id: id.nullish(), name: textOrNull }).nullish();
const info = z.looseObject({ lastUpdated: textOrNull, updatedBy: textOrNull, dateEntered: textOrNull }).nullish();

export const companySchema = z.looseObject({ id, identifier: z.string(), name: textOrNull });
export type Company = z.infer<typeof companySchema>;

export const boardSchema = z.looseObject({ id, name: z.string(), projectFlag: flagOrNull, inactiveFlag: flagOrNull });
export type Board = z.infer<typeof boardSchema>;

export const ticketSchema = z.looseObject({
  id,
  summary: textOrNull,
  recordType: textOrNull,
  board: reference,
  status: reference,
  priority: reference,
  company: reference,
  contact: reference,
  contactEmailAddress: textOrNull,
  externalXRef: textOrNull,
  wbsCode: textOrNull,
  closedFlag: flagOrNull,
  _info: info,
});
export type Ticket = z.infer<typeof ticketSchema>;

export const noteSchema = z.looseObject({
  id,
  text: textOrNull,
  detailDescriptionFlag: flagOrNull,
  internalAnalysisFlag: flagOrNull,
  resolutionFlag: flagOrNull,
  createdBy: textOrNull,
});
export type Note = z.infer<typeof noteSchema>;

/** What a site calls urgent: a list of its own. */
export const prioritySchema = z.looseObject({ id, name: z.string() });
export type Priority = z.infer<typeof prioritySchema>;

/** A status of a board, of projects or of phases: whether it closes is written in two ways. */
export const statusSchema = z.looseObject({
  id,
  name: z.string(),
  closedStatus: flagOrNull,
  closedFlag: flagOrNull,
  defaultFlag: flagOrNull,
  inactive: flagOrNull,
  inactiveFlag: flagOrNull,
});
export type Status = z.infer<typeof statusSchema>;

export const projectSchema = z.looseObject({
  id,
  name: z.string(),
  company: reference,
  status: reference,
  _info: info,
});
export type Project = z.infer<typeof projectSchema>;

export const phaseSchema = z.looseObject({
  id,
  description: textOrNull,
  wbsCode: textOrNull,
  status: reference,
  _info: info,
});
export type Phase = z.infer<typeof phaseSchema>;

export const callbackSchema = z.looseObject({
  id,
  url: z.string(),
  type: z.string(),
  level: z.string(),
  objectId: z.number().nullish(),
  inactiveFlag: flagOrNull,
});

/** Null stands for a company that the server does not know. */
export const companyInfoSchema = z
  .looseObject({ Codebase: z.string().regex(/^[A-Za-z0-9_.-]+\/?$/), VersionNumber: textOrNull, IsCloud: flagOrNull })
  .nullish();

export const callbackKeySchema = z.looseObject({ signing_key: z.string().min(1) });
