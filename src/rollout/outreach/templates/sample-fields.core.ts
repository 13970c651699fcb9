// Invented people and addresses for previews and for the length of a subject: nobody can take them for a customer's.
import { GUIDE_METHODS } from '../../guide/guide-types.core.ts';
import type { MessageFields, MessageLanguage } from './message-types.core.ts';

const SERVER = 'https://mfa.fabrikam.example';
const CUSTOMER = '00000000-0000-4000-8000-000000000000';

/** The facts of a preview. */
export function sampleFields(language: MessageLanguage): MessageFields {
  const guideUrl = `${SERVER}/guide/${CUSTOMER}/${language}`;
  return {
    firstName: 'Alex',
    displayName: 'Alex Example',
    company: 'Contoso (example)',
    phase: { en: 'Sales', de: 'Vertrieb' }[language],
    enforceOn: '2027-02-08',
    deadline: '2027-03-31',
    guideUrl,
    guidePages: GUIDE_METHODS.map((method) => ({ method, url: `${guideUrl}/${method}` })),
    methods: ['email'],
    missing: 'method',
    manager: 'Morgan Example',
    contact: {
      name: 'IT Helpdesk',
      address: 'helpdesk@contoso.example',
      phone: '+49 30 5550 100',
      channel: '#it-support',
    },
    msp: 'Fabrikam Services (example)',
    people: [
      { displayName: 'Kim Example', missing: 'method' },
      { displayName: 'Robin Example', missing: 'usableMethod' },
      { displayName: 'Sam Example', missing: 'notKnown' },
    ],
    tabUrl: `${SERVER}/tab`,
  };
}
