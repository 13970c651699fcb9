/** Everything that a person reads about a takeover, in both languages. */
import type { Sentence } from '../phases/phase-types.core.ts';
import type { OldPolicy } from './strip.core.ts';
import type { LeaveCode } from './strip-rules.core.ts';
import type { KeptPerson, TakeoverStep } from './takeover.core.ts';
import { cut } from './undo-texts.core.ts';

type GateText = { message: Sentence; clear: Sentence };

/** What stands against a takeover, and how to clear it. */
export const GATE_TEXTS = {
  everyoneNotEnforced: {
    message: {
      en: 'The enforcing policy does not cover everyone yet.',
      de: 'Die erzwingende Richtlinie erfasst noch nicht alle.',
    },
    clear: {
      en: 'Push the approved draft, run the rollout, and let the phase "everyone else" be approved and enforced. Where MFA is enforced on everyone already, a procedure with that single phase is enough.',
      de: 'Schreiben Sie den freigegebenen Entwurf, führen Sie den Rollout durch und lassen Sie die Phase „alle anderen“ freigeben und erzwingen. Wo MFA schon für alle erzwungen ist, genügt ein Verfahren mit dieser einen Phase.',
    },
  },
  rolloutNotFinished: {
    message: {
      en: 'The rollout is not finished: its phases can still be rolled back.',
      de: 'Der Rollout ist nicht abgeschlossen: Seine Phasen lassen sich noch zurücknehmen.',
    },
    clear: {
      en: 'Wait until it is finished, 24 hours after the last phase was enforced.',
      de: 'Warten Sie, bis er abgeschlossen ist, 24 Stunden nach der letzten erzwungenen Phase.',
    },
  },
  notRead: (parts: readonly string[]): GateText => ({
    message: {
      en: `Not read, so nothing can be said: ${parts.join(', ')}.`,
      de: `Nicht gelesen, daher lässt sich nichts sagen: ${parts.join(', ')}.`,
    },
    clear: {
      en: 'Give the reading application its rights and sync ("mfa-rollout sync").',
      de: 'Geben Sie der lesenden Anwendung ihre Rechte und gleichen Sie ab („mfa-rollout sync“).',
    },
  }),
  defaultsOn: {
    message: {
      en: 'Security Defaults are on, or it is not known that they are off.',
      de: 'Die Sicherheitsstandards sind eingeschaltet, oder es ist nicht bekannt, dass sie aus sind.',
    },
    clear: {
      en: 'The switch belongs to the rollout: finish it first.',
      de: 'Die Umschaltung gehört zum Rollout: Schließen Sie ihn zuerst ab.',
    },
  },
  enforceChanged: {
    message: {
      en: 'The enforcing policy is not there as it was written.',
      de: 'Die erzwingende Richtlinie steht nicht so da, wie sie geschrieben wurde.',
    },
    clear: {
      en: 'Find out who changed it and put it back.',
      de: 'Finden Sie heraus, wer sie geändert hat, und stellen Sie sie wieder her.',
    },
  },
  breakGlassUnusable: (usable: number): GateText => ({
    message: {
      en: `${usable} emergency accounts are usable; two have to be.`,
      de: `${usable} Notfallkonten sind benutzbar; zwei müssen es sein.`,
    },
    clear: {
      en: 'Mend what the table of exceptions says of them, and sync.',
      de: 'Beheben Sie, was die Ausnahmenliste zu ihnen sagt, und gleichen Sie ab.',
    },
  }),
  breakGlassInside: (inside: number): GateText => ({
    message: {
      en: `${inside} emergency accounts are left out by the enforcing policy; two have to be.`,
      de: `${inside} Notfallkonten sind von der erzwingenden Richtlinie ausgenommen; zwei müssen es sein.`,
    },
    clear: {
      en: 'Put the declared accounts back into the emergency group.',
      de: 'Nehmen Sie die erklärten Konten wieder in die Notfallgruppe auf.',
    },
  }),
  railsExceeded: (moved: number, rails: { accountsMax: number; percentMax: number }): GateText => ({
    message: {
      en: `The plan would write ${moved} people and may write ${rails.accountsMax} and ${rails.percentMax} %. It is held whole.`,
      de: `Der Plan würde ${moved} Personen ändern und darf ${rails.accountsMax} und ${rails.percentMax} % ändern. Er wird als Ganzes zurückgehalten.`,
    },
    clear: {
      en: 'Raise "rails" in the customer file, which makes another plan to be approved.',
      de: 'Erhöhen Sie „rails“ in der Kundendatei; danach ist der Plan neu freizugeben.',
    },
  }),
  coverWouldShrink: ({ step, accountIds }: { step: TakeoverStep; accountIds: readonly string[] }): GateText => ({
    message: {
      en: `The step "${step.name}" would leave ${accountIds.length} people with less MFA than before.`,
      de: `Der Schritt „${step.name}“ ließe ${accountIds.length} Personen mit weniger MFA als zuvor zurück.`,
    },
    clear: {
      en: 'Let these people be covered, or let the approver sign their exceptions.',
      de: 'Sorgen Sie dafür, dass diese Personen erfasst sind, oder lassen Sie ihre Ausnahmen unterschreiben.',
    },
  }),
};

/** Why an old policy is left, and what may be done with it instead. */
export const LEAVE_TEXTS: Readonly<Record<LeaveCode, (policy: OldWords) => Sentence>> = {
  microsoft_managed: () => ({
    en: 'Microsoft manages it: it counts as cover and only Microsoft edits it. You may switch it off or exclude people in the admin center.',
    de: 'Microsoft verwaltet sie: Sie zählt als Schutz, und nur Microsoft ändert sie. Sie können sie im Admin Center ausschalten oder Personen ausnehmen.',
  }),
  reports_only: () => ({
    en: 'It only reports: there is no MFA to take out. You may delete it by hand.',
    de: 'Sie berichtet nur: Es gibt keine MFA herauszunehmen. Sie können sie von Hand löschen.',
  }),
  disabled_already: () => ({
    en: 'It is disabled: there is no MFA to take out. You may delete it by hand.',
    de: 'Sie ist ausgeschaltet: Es gibt keine MFA herauszunehmen. Sie können sie von Hand löschen.',
  }),
  risk: () => ({
    en: 'It acts on risk, which the managed policies do not look at. Keep it.',
    de: 'Sie wirkt bei Risiko, worauf die verwalteten Richtlinien nicht achten. Behalten Sie sie.',
  }),
  strength: () => ({
    en: 'It asks for an authentication strength, which may be more than MFA. Keep it, or take it out by hand.',
    de: 'Sie verlangt eine Authentifizierungsstärke, die mehr als MFA sein kann. Behalten Sie sie, oder nehmen Sie sie von Hand heraus.',
  }),
  user_action: () => ({
    en: 'It guards a user action, such as registering methods, which the managed policies do not reach. Keep it.',
    de: 'Sie schützt eine Benutzeraktion, etwa die Registrierung von Methoden, die die verwalteten Richtlinien nicht erfassen. Behalten Sie sie.',
  }),
  auth_context: () => ({
    en: 'It guards an authentication context, which the managed policies do not reach. Keep it.',
    de: 'Sie schützt einen Authentifizierungskontext, den die verwalteten Richtlinien nicht erfassen. Behalten Sie sie.',
  }),
  role_target: () => ({
    en: 'It is for administrator roles, and an exception of ours must not weaken an administrator. Keep it.',
    de: 'Sie gilt für Administratorrollen, und eine Ausnahme von uns darf keinen Administrator schwächen. Behalten Sie sie.',
  }),
  guest_target: () => ({
    en: 'It is for guests or external users, whom the customer decides about as a class. Keep it.',
    de: 'Sie gilt für Gäste oder externe Benutzer, über die der Kunde als Klasse entscheidet. Behalten Sie sie.',
  }),
  or_grant: () => ({
    en: 'MFA is one of several ways in: taking it out would force the other way on people. Keep it, or change it by hand.',
    de: 'MFA ist einer von mehreren Wegen: Ohne sie wären alle auf den anderen Weg angewiesen. Behalten Sie sie, oder ändern Sie sie von Hand.',
  }),
  session_left: () => ({
    en: 'Beside MFA it holds a session control, which switching it off would take too. Move that into a policy of its own, then disable this one by hand.',
    de: 'Neben MFA enthält sie eine Sitzungssteuerung, die mit dem Ausschalten wegfiele. Verlegen Sie diese in eine eigene Richtlinie, und schalten Sie dann diese von Hand aus.',
  }),
  not_understood: () => ({
    en: 'It has a condition or control that is not understood here. Look at it in the admin center.',
    de: 'Sie hat eine Bedingung oder Steuerung, die hier nicht verstanden wird. Sehen Sie sie im Admin Center an.',
  }),
  break_glass: () => ({
    en: 'It asks declared emergency accounts for MFA, which the managed policies leave out. Nobody has signed that they lose it.',
    de: 'Sie verlangt MFA von erklärten Notfallkonten, die von den verwalteten Richtlinien ausgenommen sind. Niemand hat unterschrieben, dass sie sie verlieren.',
  }),
  not_covered: ({ uncovered }) => ({
    en: `It covers ${uncovered.length} accounts that the enforcing policy does not cover everywhere, without a signature that carves them out. Sign their exceptions or let them return to scope.`,
    de: `Sie erfasst ${uncovered.length} Konten, die die erzwingende Richtlinie nicht überall erfasst, ohne Unterschrift, die sie ausnimmt. Lassen Sie ihre Ausnahmen unterschreiben oder holen Sie sie zurück.`,
  }),
  not_covered_tomorrow: ({ uncoveredTomorrow }) => ({
    en: `Tomorrow it would cover people whom the enforcing policy would not: ${uncoveredTomorrow.join('; ')}. Enforce "everyone else" first.`,
    de: `Morgen würde sie Personen erfassen, die die erzwingende Richtlinie nicht erfasst: ${uncoveredTomorrow.join('; ')}. Erzwingen Sie zuerst „alle anderen“.`,
  }),
};

type OldWords = Pick<OldPolicy, 'uncovered' | 'uncoveredTomorrow'>;

/** Why somebody keeps per-user MFA. */
export const KEPT_TEXTS: Readonly<Record<KeptPerson['why'], Sentence>> = {
  breakGlass: {
    en: 'emergency account, left out by the policies',
    de: 'Notfallkonto, von den Richtlinien ausgenommen',
  },
  exception: { en: 'signed exception, left out by the policies', de: 'unterschriebene Ausnahme, nicht erfasst' },
  notCovered: {
    en: 'the enforcing policy does not cover the account everywhere',
    de: 'die erzwingende Richtlinie erfasst das Konto nicht überall',
  },
};

/** A step and the way back from it, in words. */
export function wordsOf(step: TakeoverStep): { does: Sentence; undo: Sentence } {
  switch (step.do) {
    case 'observe':
      return {
        does: {
          en: `deletes the policy "${cut(step.displayName)}", which only reports`,
          de: `löscht die Richtlinie „${cut(step.displayName)}“, die nur berichtet`,
        },
        undo: {
          en: 'restores it, or makes it again, report-only',
          de: 'stellt sie wieder her oder legt sie neu an, nur berichtend',
        },
      };
    case 'policy':
      return 'state' in step.change ? disableWords(step.displayName) : stripWords(step.displayName);
    case 'perUser':
      return {
        does: {
          en: `switches off per-user MFA of ${step.users.length} ${step.users.length === 1 ? 'person' : 'people'}; registered methods stay`,
          de: `schaltet die benutzerbasierte MFA von ${step.users.length} ${step.users.length === 1 ? 'Person' : 'Personen'} aus; registrierte Methoden bleiben`,
        },
        undo: {
          en: 'gives each of them the state that it had',
          de: 'gibt jeder von ihnen den Zustand zurück, den sie hatte',
        },
      };
  }
}

function disableWords(name: string) {
  return {
    does: {
      en: `switches off the policy "${cut(name)}", which holds nothing but MFA`,
      de: `schaltet die Richtlinie „${cut(name)}“ aus, die nichts als MFA enthält`,
    },
    undo: { en: 'switches it on again', de: 'schaltet sie wieder ein' },
  };
}

function stripWords(name: string) {
  return {
    does: {
      en: `takes MFA out of the policy "${cut(name)}"; its other controls stay`,
      de: `nimmt MFA aus der Richtlinie „${cut(name)}“; ihre übrigen Steuerungen bleiben`,
    },
    undo: { en: 'puts MFA back into it', de: 'setzt MFA dort wieder ein' },
  };
}
