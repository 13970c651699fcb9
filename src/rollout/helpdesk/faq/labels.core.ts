import { TOPIC_IDS } from './faq-types.core.ts';

/** The labels of the model: every topic, and last the one for whatever is not about MFA. */
export const LABELS = [...TOPIC_IDS, null] as const;
export const UNRELATED_LABEL = LABELS.length - 1;
