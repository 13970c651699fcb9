/**
 * Template ids of built-in Entra roles, the same in every tenant. Source: "Microsoft Entra built-in roles".
 */

/** Accounts of Entra Connect: they synchronise the directory without a person present. */
export const DIRECTORY_SYNC_ROLE = 'd29b2b05-8046-44ba-8758-1e26182fcf32';

export const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';
