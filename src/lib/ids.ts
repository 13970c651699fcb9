import { randomUUID } from 'node:crypto';

/** Makes new ids; an argument wherever ids are born, so that a test can foresee them. */
export type NewId = () => string;

/** Random UUIDs (version 4). */
export const randomId: NewId = () => randomUUID();
