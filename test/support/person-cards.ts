/** The cards about one person and about whole classes in their states, for the gallery of cards. */
import type { Card } from '../../bot/cards/card.ts';
import { classesCard, type PersonFrame, personCard } from '../../bot/cards/person.card.ts';
import type { ClassView } from '../../src/rollout/exceptions/classes.core.ts';
import type { ClassDecision } from '../../src/rollout/exceptions/exception-types.core.ts';
import type { ListedRequest } from '../../src/rollout/exceptions/requests.ts';
import type { CoverLevel, Evaluated } from '../../src/rollout/persons/persons.core.ts';
import type { PersonView } from '../../src/rollout/persons/persons.ts';

const CUSTOMER = '0c0a50de-0000-4000-8000-000000000001';
const ACCOUNT = 'dddddddd-0000-4000-8000-000000000001';
const AT = '2026-11-20T09:30:00Z';
const BY = { tenantId: CUSTOMER, objectId: CUSTOMER };
const NOTE = { en: 'Nothing is written.', de: 'Es wird nichts geschrieben.' };

function evaluated(covered: CoverLevel, name: string): Evaluated {
  const by = covered === 'none' ? [] : [{ name, why: 'included' }];
  return { covered, by, why: 'Told by the evaluator.', canAnswer: covered === 'none' ? 'no' : 'yes', at: AT };
}

function requestOf(seq: number, name: string, standing: ListedRequest['standing']): ListedRequest {
  const asked = { seq, accountId: ACCOUNT, kind: 'mfaOff', until: '2026-12-10', reason: name } as const;
  return { ...asked, by: BY, displayName: name, at: AT, id: `R${seq}`, name, standing };
}

/** Every card about a person and the classes, by name; people and policies are called `name`. */
export function personCards(frame: PersonFrame, name: string): Record<string, Card> {
  const view: PersonView = {
    ...{ accountId: ACCOUNT, displayName: name, userPrincipalName: name, department: name, phase: name },
    ...{ accountStatus: 'enabled', enrolment: 'not', evaluated: evaluated('none', name), isDirect: false },
    ...{ isOurs: false, exception: null, requests: [], latest: null, newcomer: null },
    ...{ maySwitch: true, maySign: true },
  };
  const latest = { kind: 'on', by: name, at: AT, before: evaluated('none', name) } as const;
  const refusal = { code: 'not_registered', message: NOTE };
  const many = [1, 2, 3, 4, 5, 6].map((seq) => requestOf(seq, name, seq === 6 ? 'unsigned' : 'withdrawn'));
  const decision: ClassDecision = {
    ...{ class: 'room', verdict: 'carveOut', reason: name, reviewAt: '2027-05-01', digest: 'sha256:ab', count: 4 },
    ...{ by: BY, displayName: name, at: AT },
  };
  const classOf = (kind: ClassView['class'], state: ClassView['state'], given: ClassDecision | null): ClassView => ({
    ...{ class: kind, count: 4, accountIds: [ACCOUNT], digest: `sha256:${'ab12'.repeat(16)}`, state, decision: given },
    hasChanged: false,
  });
  const classes = [classOf('guest', 'undecided', null), classOf('room', 'carvedOut', decision)];
  return {
    'person-off': personCard(view, null, frame),
    'person-on': personCard(
      {
        ...{ ...view, isDirect: true, isOurs: true, evaluated: evaluated('all', name) },
        latest: { ...latest, state: 'done', after: evaluated('all', name), refusal: null },
      },
      { text: NOTE, isRefusal: false },
      frame,
    ),
    'person-refused': personCard(
      { ...view, latest: { ...latest, state: 'refused', after: null, refusal } },
      { text: NOTE, isRefusal: true },
      frame,
    ),
    'person-requests': personCard({ ...view, requests: many, newcomer: NOTE }, null, frame),
    'person-manager': personCard({ ...view, maySwitch: false, maySign: false, evaluated: null }, null, frame),
    'classes-approver': classesCard(classes, { text: NOTE, isRefusal: true }, { ...frame, mayDecide: true }),
    'classes-reader': classesCard(classes, null, { ...frame, mayDecide: false }),
  };
}
