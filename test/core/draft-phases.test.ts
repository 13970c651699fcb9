import { describe, expect, it } from 'vitest';
import type { Procedure } from '../../src/rollout/phases/phase-types.core.ts';
import { drawDraft } from '../../src/rollout/policy/draft/draft.core.ts';
import { draftInput } from '../support/draft-builders.ts';

const PROCEDURE: Pick<Procedure, 'phases'> = {
  phases: [
    { name: 'Office', people: { departments: ['Sales', 'Finance'] }, enforceAfterDays: 5 },
    { name: 'IT', people: { departments: ['IT'] }, enforceAfterDays: 8 },
    { name: 'Everyone else', people: null, enforceAfterDays: 10 },
  ],
};
const PEOPLE = { ada: 'Sales', bo: 'Finance', cy: 'IT', di: 'Canteen', ed: null };

const phaseGroups = (procedure: Pick<Procedure, 'phases'> | null) =>
  drawDraft(draftInput({ people: PEOPLE, more: { procedure } }))
    .draft.groups.filter(({ purpose }) => purpose === 'phase')
    .map(({ name, phase, members }) => ({ name, phase, members }));

describe('the groups of a draft', () => {
  it('follow the phases of the procedure, and everyone else has none', () => {
    expect(phaseGroups(PROCEDURE)).toEqual([
      { name: 'MFA Rollout - phase - IT', phase: 'IT', members: ['cy'] },
      { name: 'MFA Rollout - phase - Office', phase: 'Office', members: ['ada', 'bo'] },
    ]);
  });

  it('follow the departments before there is a procedure', () => {
    expect(phaseGroups(null).map(({ phase }) => phase)).toEqual([
      'Canteen',
      'Finance',
      'IT',
      'Sales',
      'Without department',
    ]);
  });
});
