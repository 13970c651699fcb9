import { describe, expect, it } from 'vitest';
import type { Sentence } from '../../src/rollout/phases/phase-types.core.ts';
import { planEnforce } from '../../src/rollout/policy/enforce/enforce.core.ts';
import { FLIP_TEXTS } from '../../src/rollout/policy/enforce/enforce-texts.core.ts';

const IDS = Array.from({ length: 23 }, (_, index) => `u-${index}`);
const OBJECT = { kind: 'policy', name: 'Sales', objectId: 'p-1' };

const TOLD: Record<keyof typeof FLIP_TEXTS, Sentence> = {
  approvals_missing: FLIP_TEXTS.approvals_missing(3),
  push_under_way: FLIP_TEXTS.push_under_way(),
  break_glass_unusable: FLIP_TEXTS.break_glass_unusable(1, IDS),
  break_glass_not_excluded: FLIP_TEXTS.break_glass_not_excluded(IDS),
  object_changed: FLIP_TEXTS.object_changed(OBJECT),
  policy_changed_meanwhile: FLIP_TEXTS.policy_changed_meanwhile(),
  members_unread: FLIP_TEXTS.members_unread('Sales'),
  strangers: FLIP_TEXTS.strangers('Sales', IDS),
  group_moves: FLIP_TEXTS.group_moves('Sales'),
  somebody_blocked: FLIP_TEXTS.somebody_blocked(IDS),
  effect_unknown: FLIP_TEXTS.effect_unknown(IDS),
  cover_lost: FLIP_TEXTS.cover_lost(IDS),
  others_enforced: FLIP_TEXTS.others_enforced('Sales', IDS),
  roles_not_read: FLIP_TEXTS.roles_not_read(),
  admins_locked: FLIP_TEXTS.admins_locked(IDS),
  no_other_admin: FLIP_TEXTS.no_other_admin(),
  unregistered_people: FLIP_TEXTS.unregistered_people(IDS),
  rails_exceeded: FLIP_TEXTS.rails_exceeded(60, 40, { accountsMax: 50, percentMax: 30 }),
  policy_not_pushed: FLIP_TEXTS.policy_not_pushed(),
  phase_group_missing: FLIP_TEXTS.phase_group_missing('Sales'),
  already_enforced: FLIP_TEXTS.already_enforced('Sales'),
  everyone_enforced: FLIP_TEXTS.everyone_enforced(),
  names_users: FLIP_TEXTS.names_users(),
  excludes_differ: FLIP_TEXTS.excludes_differ(),
  policy_state_unexpected: FLIP_TEXTS.policy_state_unexpected('disabled'),
  phase_not_approved: FLIP_TEXTS.phase_not_approved('Sales'),
  cancelled: FLIP_TEXTS.cancelled(),
};

const figures = (text: string) => text.match(/\d+/g) ?? [];

describe('what keeps a phase from being enforced', () => {
  it.each(Object.entries(TOLD))(
    'is told in both languages with the same figures and names: %s',
    (_code, { en, de }) => {
      expect(de).not.toBe(en);
      expect(figures(de)).toEqual(figures(en));
      expect(de.includes('Sales')).toBe(en.includes('Sales'));
      expect([en, de].every((text) => text.endsWith('.'))).toBe(true);
    },
  );

  it('names twenty and counts the rest', () => {
    expect(TOLD.cover_lost.en).toContain('u-19 and 3 more');
    expect(TOLD.cover_lost.de).toContain('u-19 und 3 weitere');
  });

  it('carries both from the plan on', () => {
    const live = { id: 'enforce', state: 'enabled', conditions: { users: { includeUsers: ['u-1'] } } };
    const plan = { live, owned: [], excluded: { breakGlass: 'b', exceptions: 'e' }, enforced: [] };
    const refused = planEnforce({ ...plan, phase: { name: 'Sales', everyoneElse: false } });
    expect(refused).toMatchObject({ code: 'names_users', message: TOLD.names_users.en, text: TOLD.names_users });
  });
});
