// The built-in mails in German, with "Sie": why, when, what to do, the link, whom to ask.
import type { MessageKind } from '../../phases/phase-types.core.ts';
import type { TemplateText } from './message-types.core.ts';

const QUESTIONS =
  '**Fragen, kein Smartphone, oder möchten Sie Ihr eigenes nicht verwenden?** Wenden Sie sich an {{contact}}. Niemand wird Sie je nach Ihrem Kennwort oder einem Code fragen.';

const REGARDS = `Freundliche Grüße
{{msp}}, im Auftrag von {{company}}`;

/** The built-in mails in German. */
export const MESSAGES_DE: Readonly<Record<MessageKind, TemplateText>> = {
  announcement: {
    subject: 'Ab {{enforceOn}}: zweiter Schritt bei der Anmeldung',
    preheader: 'Es dauert etwa fünf Minuten, und Sie können es heute schon erledigen.',
    body: `Guten Tag {{displayName}},

Kennwörter werden erraten, gestohlen und mehrfach verwendet. Deshalb ergänzt {{company}} die Anmeldung um einen zweiten Schritt: Selbst wer Ihr Kennwort kennt, kommt dann nicht an Ihre E-Mails und Dateien.

- **Wann:** ab **{{enforceOn}}** für Ihre Gruppe ({{phase}}); für alle bis {{deadline}}.
- **Was zu tun ist:** Richten Sie Ihren zweiten Schritt vor diesem Tag ein. Die Anleitung zeigt jeden Handgriff; es dauert etwa fünf Minuten.
- **Bisher eingerichtet:** {{methods}}

**[Zweiten Schritt einrichten]({{guideUrl}})**

Bestätigen Sie Ihre Anmeldung bereits mit einer App oder einem Schlüssel? Dann ist nichts weiter zu tun.

${QUESTIONS}

Ihre Führungskraft, {{manager}}, erhält eine Kopie dieser Nachricht. So können Sie nachfragen, ob sie echt ist.

${REGARDS}`,
  },
  howTo: {
    subject: 'So richten Sie Ihren zweiten Schritt in fünf Minuten ein',
    preheader: 'Methode wählen, den Bildern folgen, fertig.',
    body: `Guten Tag {{displayName}},

ab **{{enforceOn}}** verlangt Ihr Konto bei der Anmeldung einen zweiten Schritt. So richten Sie ihn ein:

1. Öffnen Sie die Anleitung am Computer und wählen Sie die Methode, die zu Ihnen passt.
2. Folgen Sie dort den Schritten; halten Sie Telefon oder Schlüssel bereit.
3. Melden Sie sich zur Probe einmal an. Das ist alles.

**[Anleitung öffnen]({{guideUrl}})**

Oder gehen Sie direkt zu Ihrer Methode:

{{guidePages}}

Richten Sie nach Möglichkeit zwei Methoden ein: Dann sperrt ein verlorenes Telefon Sie nicht aus.

${QUESTIONS}

${REGARDS}`,
  },
  reminder: {
    subject: 'Erinnerung: Ihr zweiter Schritt, vor {{enforceOn}}',
    preheader: 'Ihr Konto ist noch nicht bereit. Fünf Minuten genügen.',
    body: `Guten Tag {{displayName}},

ab **{{enforceOn}}** brauchen Sie bei {{company}} einen zweiten Schritt, um sich anzumelden.

- **Ihr Konto, soeben geprüft:** {{missing}}
- **Bisher eingerichtet:** {{methods}}

Bitte nehmen Sie sich vor diesem Tag fünf Minuten Zeit. Die Anleitung führt Sie hindurch.

**[Zweiten Schritt einrichten]({{guideUrl}})**

${QUESTIONS}

Sobald es erledigt ist, hören diese Erinnerungen von selbst auf.

${REGARDS}`,
  },
  lastCall: {
    subject: 'Letzte Erinnerung: zweiter Schritt vor {{enforceOn}}',
    preheader: 'Ohne ihn bleiben E-Mail, Teams und Dateien ab diesem Tag für Sie geschlossen.',
    body: `Guten Tag {{displayName}},

dies ist die letzte Nachricht vor der Umstellung. Ab **{{enforceOn}}** kann sich in der Gruppe {{phase}} niemand mehr ohne zweiten Schritt anmelden: **E-Mail, Teams und Dateien bleiben geschlossen, bis er eingerichtet ist.**

**Ihr Konto heute:** {{missing}}.

Es dauert etwa fünf Minuten, und jetzt ist ein guter Zeitpunkt:

**[Jetzt zweiten Schritt einrichten]({{guideUrl}})**

**Etwas steht im Weg?** Sie sind auf Reisen, haben kein Telefon oder es klappt nicht: Bitte sagen Sie es uns noch heute. {{contact}} findet mit Ihnen einen Weg. Niemand wird Sie je nach Ihrem Kennwort oder einem Code fragen.

Ihre Führungskraft, {{manager}}, erhält eine Kopie dieser Nachricht.

${REGARDS}`,
  },
  managerNudge: {
    subject: 'Ihr Team: {{peopleCount}} noch ohne zweiten Schritt',
    preheader: 'Ab {{enforceOn}} ist ohne ihn keine Anmeldung möglich. Ein Wort von Ihnen hilft.',
    body: `Guten Tag {{displayName}},

ab **{{enforceOn}}** brauchen bei {{company}} alle in der Gruppe {{phase}} einen zweiten Schritt, um sich anzumelden. In Ihrem Team fehlt er noch bei {{peopleCount}}:

{{people}}

**Was Sie tun können:** Bitte sprechen Sie die Genannten heute noch an. Das Einrichten dauert etwa fünf Minuten; [die Anleitung]({{guideUrl}}) zeigt, wie es geht. Ist jemand abwesend oder braucht einen Schlüssel statt eines Telefons? Sagen Sie es uns, wir kümmern uns darum.

**[Ihr Team in Teams ansehen]({{tabUrl}})**

Wer fertig ist, verschwindet von selbst aus der Liste.

**Fragen?** Wenden Sie sich an {{contact}}.

${REGARDS}`,
  },
  allClear: {
    subject: 'Geschafft: Ihr Konto hat jetzt einen zweiten Schritt',
    preheader: 'Vielen Dank. Was sich ändert, und was bei einem neuen Telefon zu tun ist.',
    body: `Guten Tag {{displayName}},

vielen Dank! Seit **{{enforceOn}}** sind die Konten der Gruppe {{phase}} durch einen zweiten Schritt geschützt.

- **Was sich ändert:** Ab und zu werden Sie bei der Anmeldung danach gefragt.
- **Für Sie eingerichtet:** {{methods}}
- **Ein neues Telefon?** Fügen Sie das neue hinzu, solange das alte noch funktioniert: [Die Anleitung]({{guideUrl}}) zeigt, wie es geht.
- **Verloren oder gestohlen?** Melden Sie es sofort: {{contact}}.
- **Eine Anfrage, die Sie nicht ausgelöst haben?** Lehnen Sie sie ab und melden Sie sich bei uns. Niemand wird Sie je nach Ihrem Kennwort oder einem Code fragen.

${REGARDS}`,
  },
};
