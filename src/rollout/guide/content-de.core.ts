// The guide in German. Words on Microsoft's screens are bold. See content.core.ts for where the facts come from.
import type { GuideText } from './content-types.core.ts';

const SETUP = '[aka.ms/mfasetup](https://aka.ms/mfasetup)';

/** The guide in German. */
export const GUIDE_DE: GuideText = {
  languageName: 'Deutsch',
  title: 'Richten Sie Ihren zweiten Anmeldeschritt ein',
  titleFor: (company) => `${company}: Richten Sie Ihren zweiten Anmeldeschritt ein`,
  lead: 'Künftig genügt das Kennwort allein nicht mehr, um Ihr Arbeitskonto zu öffnen. Sie fügen einmalig einen zweiten Schritt hinzu; das dauert wenige Minuten.',
  why: {
    heading: 'Warum?',
    text: 'Kennwörter werden erraten, gestohlen und mehrfach verwendet. Mit einem zweiten Schritt kommt auch jemand, der Ihr Kennwort kennt, nicht hinein. Der Schritt zeigt, dass Sie es sind; Ihr Arbeitgeber erhält dadurch keinen Zugriff auf Ihr Telefon.',
  },
  choose: 'Wählen Sie Ihre Methode',
  minutes: (count) => `etwa ${count} Minuten`,
  open: 'Zur Anleitung',
  headings: {
    need: 'Das brauchen Sie',
    before: 'Bevor Sie beginnen',
    steps: 'Schritt für Schritt',
    later: 'So melden Sie sich künftig an',
    trouble: 'Wenn etwas nicht klappt',
    note: 'Bitte beachten Sie in Ihrem Unternehmen',
    help: 'Sie kommen nicht weiter?',
    lost: 'Telefon oder Schlüssel verloren, defekt oder ersetzt?',
    others: 'Andere Methoden',
    link: 'Hier richten Sie es ein',
  },
  link: 'Öffnen Sie diese Adresse im Browser und melden Sie sich mit Ihrem Arbeitskonto an:',
  linkAlso: 'Sie führt zur Seite „Sicherheitsinformationen“ mit der vollen Adresse',
  start:
    'Werden Sie gleich nach der Anmeldung um weitere Informationen gebeten, wählen Sie **Weiter**: Es sind dieselben Schritte.',
  lost: [
    'Melden Sie sich sofort beim Helpdesk, damit niemand das Verlorene benutzen kann.',
    'Nachdem der Helpdesk geprüft hat, wer Sie sind, kann er Ihnen einen **befristeten Zugriffspass** (Temporary Access Pass) geben: einen Code, der für kurze Zeit an die Stelle Ihres üblichen Schritts tritt.',
    `Öffnen Sie ${SETUP}, geben Sie Ihre Arbeitsadresse und dann den Pass ein. Fügen Sie Ihre neue Methode gleich hinzu: Bei einem Pass für einmaligen Gebrauch haben Sie zehn Minuten, um einen Passkey oder Schlüssel einzurichten.`,
    'Löschen Sie danach die alte Methode auf derselben Seite.',
    'Sie haben das alte Telefon noch? Dann fügen Sie zuerst das neue hinzu, mit dem alten zur Hand, und löschen das alte danach.',
  ],
  unexpected: {
    heading: 'Eine Anfrage, die Sie nicht ausgelöst haben',
    text: 'Bestätigen Sie sie nie, und nennen Sie niemandem einen Code oder eine Zahl, auch nicht dem Helpdesk. Wählen Sie **Nein, das bin ich nicht**, ändern Sie Ihr Kennwort und melden Sie sich beim Helpdesk: Vielleicht kennt jemand Ihr Kennwort.',
  },
  helpdesk: {
    neutral: 'Fragen Sie den Helpdesk Ihres Unternehmens. Er fragt Sie nie nach einem Code oder Ihrem Kennwort.',
    named: 'Ihr Helpdesk hilft Ihnen gern. Er fragt Sie nie nach einem Code oder Ihrem Kennwort.',
    phone: 'Telefon',
    mail: 'E-Mail',
  },
  back: 'Alle Methoden',
  languages: 'Sprache',
  skip: 'Zum Inhalt springen',
  notFound: {
    title: 'Diese Seite gibt es nicht',
    text: 'Vielleicht ist die Adresse abgeschnitten oder vertippt. Öffnen Sie den Link in Ihrer E-Mail noch einmal, oder gehen Sie direkt zur Seite, auf der Sie sich einrichten:',
    notOffered: 'Diese Methode wird in Ihrem Unternehmen nicht angeboten. Bitte wählen Sie eine von diesen:',
    links: 'Diese Seiten gibt es:',
  },
  footer: 'Diese Anleitung ist öffentlich, fragt nach nichts und speichert nichts über Sie.',
  pictures: {
    'security-info': {
      title: 'Die Seite „Sicherheitsinformationen“',
      description: 'Ein Browserfenster mit einer Schaltfläche zum Hinzufügen und zwei bereits eingerichteten Methoden.',
    },
    'install-app': {
      title: 'Die App installieren',
      description: 'Ein Telefon zeigt eine App mit einem Schild und eine Schaltfläche zum Installieren.',
    },
    'scan-code': {
      title: 'Den Code scannen',
      description:
        'Ein Laptop zeigt einen quadratischen Code; ein Telefon daneben nimmt ihn in den Rahmen seiner Kamera.',
    },
    'number-matching': {
      title: 'Die Zahl eingeben',
      description:
        'Ein Laptop zeigt die Zahl 47; auf dem Telefon daneben wurde 47 in ein Feld getippt, darunter sind Zifferntasten.',
    },
    passkey: {
      title: 'Ein Passkey auf dem Telefon',
      description: 'Ein Telefon zeigt einen Fingerabdruck; daneben ein Schlüssel und ein grüner Haken.',
    },
    'security-key': {
      title: 'Sicherheitsschlüssel am Laptop',
      description: 'Ein kleiner USB-Schlüssel steckt an einem Laptop, ein Finger berührt seinen Kontakt.',
    },
    'hardware-token': {
      title: 'Hardwaretoken',
      description: 'Ein kleines Gerät mit einer Anzeige von sechs Ziffern und einem runden Knopf.',
    },
    'text-message': {
      title: 'Code per SMS oder Anruf',
      description:
        'Ein Telefon hat eine SMS erhalten; ein Pfeil führt zum sechsstelligen Code darin. Darunter ein Telefonhörer.',
    },
    'temporary-pass': {
      title: 'Befristeter Zugriffspass',
      description: 'Eine Eintrittskarte mit verdecktem Code und eine Uhr: Der Pass gilt für kurze Zeit.',
    },
  },
  methods: {
    passkey: {
      name: 'Passkey in der Authenticator-App',
      summary:
        'Anmelden mit Gesicht, Fingerabdruck oder PIN Ihres Telefons. Der sicherste und schnellste Weg: nichts abzutippen.',
      picture: 'passkey',
      minutes: 5,
      inApp: true,
      need: [
        'Ein Telefon mit iOS 17 oder Android 14 oder neuer und mit Bildschirmsperre (Gesicht, Fingerabdruck oder PIN)',
        'Die App **Microsoft Authenticator** in der neuesten Fassung',
        'Einen zweiten Schritt, der schon funktioniert, oder einen befristeten Zugriffspass vom Helpdesk',
      ],
      before:
        'Um einen Passkey zu speichern, müssen Sie sich mit einem zweiten Schritt ausweisen. Haben Sie noch keinen, richten Sie zuerst die Authenticator-App ein oder bitten Sie den Helpdesk um einen befristeten Zugriffspass (Temporary Access Pass).',
      steps: [
        {
          text: 'Installieren Sie **Microsoft Authenticator** aus dem App Store oder von Google Play.',
          picture: 'install-app',
        },
        {
          text: 'Öffnen Sie die App, tippen Sie auf **+**, wählen Sie **Geschäfts- oder Schulkonto** und dann **Anmelden**. Steht Ihr Konto schon in der App, tippen Sie darauf und wählen Sie **Passkey erstellen**.',
        },
        {
          text: 'Melden Sie sich mit Ihrer Arbeitsadresse an. Bestätigen Sie mit Ihrem zweiten Schritt oder geben Sie den befristeten Zugriffspass ein.',
        },
        {
          text: 'Erlauben Sie Authenticator, Passkeys zu speichern, wenn die App darum bittet. iPhone: **Einstellungen** > **Allgemein** > **Automatisch ausfüllen & Passwörter** (iOS 17: **Passwörter** > **Passwortoptionen**), **Authenticator** einschalten. Android: **Einstellungen** > **Passwörter & Konten** (je nach Hersteller anders benannt), **Authenticator** einschalten.',
        },
        {
          text: 'Kehren Sie zur App zurück, bestätigen Sie mit Gesicht, Fingerabdruck oder PIN und wählen Sie **Fertig**.',
          picture: 'passkey',
        },
        { text: `Prüfen Sie es: Auf ${SETUP} steht der Passkey jetzt in der Liste.`, picture: 'security-info' },
      ],
      later: [
        'Wählen Sie bei der Anmeldung **Gesicht, Fingerabdruck, PIN oder Sicherheitsschlüssel** (oder **Anmeldeoptionen**).',
        'Am Computer wählen Sie **iPhone, iPad oder Android-Gerät**, scannen den Code mit der normalen Kamera des Telefons und bestätigen dort. Bluetooth muss an beiden Geräten eingeschaltet sein.',
      ],
      trouble: [
        {
          problem: '„Passkey“ fehlt in der Liste.',
          answer:
            'Ihr Unternehmen hat ihn vielleicht noch nicht freigegeben, oder das System des Telefons ist zu alt. Wählen Sie vorerst die Authenticator-App.',
        },
        {
          problem: 'Die App meldet, es gebe schon einen Passkey.',
          answer: `Löschen Sie den Passkey in der App und auf ${SETUP} und beginnen Sie noch einmal.`,
        },
        {
          problem: 'Beim Scannen geschieht nichts.',
          answer:
            'Benutzen Sie die Kamera des Telefons, nicht den Scanner in Authenticator. Schalten Sie Bluetooth und Internet an Telefon und Computer ein.',
        },
      ],
    },
    authenticator: {
      name: 'App Microsoft Authenticator',
      summary:
        'Die App zeigt eine Anfrage; Sie tippen die Zahl ein, die auf Ihrem Bildschirm steht. Geht mit fast jedem Smartphone.',
      picture: 'number-matching',
      minutes: 5,
      need: [
        'Ein Smartphone mit Internet; ein privates ist in Ordnung, Ihr Arbeitgeber sieht nichts davon',
        'Einen Computer daneben, das macht die Einrichtung leichter',
        'Ihre Arbeitsadresse und Ihr Kennwort',
      ],
      before: null,
      steps: [
        {
          text: 'Installieren Sie **Microsoft Authenticator** aus dem App Store oder von Google Play. Die App kostet nichts; achten Sie auf ähnliche Namen.',
          picture: 'install-app',
        },
        { text: `Öffnen Sie am Computer ${SETUP} und melden Sie sich mit Ihrer Arbeitsadresse an.` },
        {
          text: 'Wählen Sie **Anmeldemethode hinzufügen**, dann **Microsoft Authenticator** (oder **Authenticator-App**), dann **Hinzufügen**.',
          picture: 'security-info',
        },
        { text: 'Wählen Sie **Weiter**, bis ein quadratischer Code erscheint.' },
        {
          text: 'Öffnen Sie auf dem Telefon Authenticator, erlauben Sie Benachrichtigungen, tippen Sie auf **+**, wählen Sie **Geschäfts- oder Schulkonto** und **QR-Code scannen**. Halten Sie das Telefon vor den Bildschirm.',
          picture: 'scan-code',
        },
        {
          text: 'Wählen Sie am Computer **Weiter**. Er zeigt eine Zahl: Tippen Sie diese Zahl in die App ein und bestätigen Sie.',
          picture: 'number-matching',
        },
        { text: 'Wählen Sie **Weiter** und **Fertig**. Die App steht jetzt in der Liste Ihrer Methoden.' },
      ],
      later: [
        'Nach dem Kennwort zeigt der Bildschirm eine zweistellige Zahl. Öffnen Sie die App, tippen Sie die Zahl ein und wählen Sie **Ja**.',
        'Sie melden sich auf demselben Telefon an? Merken Sie sich die Zahl und wechseln Sie dann zur App.',
        'Kein Internet auf dem Telefon? Wählen Sie **Ich kann meine Microsoft Authenticator-App im Moment nicht verwenden** und geben Sie den sechsstelligen Code ein, den die App für Ihr Konto zeigt.',
      ],
      trouble: [
        {
          problem: 'Es kommt keine Anfrage.',
          answer:
            'Öffnen Sie die App und ziehen Sie die Liste nach unten. Prüfen Sie Internet, Benachrichtigungen und Energiesparen, und dass das Telefon seine Uhrzeit selbst stellt.',
        },
        {
          problem: 'Die Kamera erkennt den Code nicht.',
          answer:
            'Wählen Sie unter dem Code **Sie können das Bild nicht scannen?** und tippen Sie Code und Adresse in die App ein.',
        },
        {
          problem: 'Ich habe nur das Telefon zur Hand.',
          answer: `Öffnen Sie ${SETUP} auf dem Telefon. Statt zu scannen, tippen Sie auf den Link, der Ihr Konto **mit der App koppelt**.`,
        },
        {
          problem: 'Die Zahl war falsch.',
          answer: 'Melden Sie sich noch einmal an: Jede Anfrage hat ihre eigene Zahl und gilt nur kurz.',
        },
      ],
    },
    'security-key': {
      name: 'Sicherheitsschlüssel (FIDO2)',
      summary: 'Ein kleiner Schlüssel für USB oder NFC. Ganz ohne Telefon und sehr sicher.',
      picture: 'security-key',
      minutes: 5,
      need: [
        'Einen FIDO2-Sicherheitsschlüssel, den Ihr Unternehmen zulässt (USB-A, USB-C oder NFC)',
        'Einen Computer mit aktuellem Browser (Edge, Chrome, Firefox oder Safari)',
        'Einen zweiten Schritt, der schon funktioniert, oder einen befristeten Zugriffspass vom Helpdesk',
      ],
      before:
        'Um einen Schlüssel hinzuzufügen, müssen Sie in den letzten fünf Minuten einen zweiten Schritt bestätigt haben. Soll der Schlüssel Ihre erste Methode sein, bitten Sie den Helpdesk um einen befristeten Zugriffspass (Temporary Access Pass).',
      steps: [
        {
          text: `Öffnen Sie ${SETUP} und melden Sie sich an: mit Ihrem zweiten Schritt oder mit dem befristeten Zugriffspass.`,
        },
        {
          text: 'Wählen Sie **Anmeldemethode hinzufügen**, dann **Sicherheitsschlüssel** (er kann auch **Passkey** heißen), dann **Hinzufügen**.',
          picture: 'security-info',
        },
        {
          text: 'Wählen Sie auf Nachfrage **USB-Gerät** oder **NFC-Gerät** und **Weiter**. Will der Browser auf diesem Gerät oder einem Telefon speichern, wählen Sie dort **Sicherheitsschlüssel**.',
        },
        {
          text: 'Stecken Sie den Schlüssel ein oder halten Sie ihn auf Nachfrage an das Lesegerät. Legen Sie eine PIN für den Schlüssel fest oder geben Sie die vorhandene ein.',
          picture: 'security-key',
        },
        {
          text: 'Berühren Sie den Kontakt des Schlüssels, sobald er blinkt, jedes Mal, wenn Sie darum gebeten werden.',
        },
        { text: 'Geben Sie dem Schlüssel einen Namen, an dem Sie ihn erkennen, und wählen Sie **Fertig**.' },
      ],
      later: [
        'Wählen Sie **Gesicht, Fingerabdruck, PIN oder Sicherheitsschlüssel** (oder **Anmeldeoptionen**), stecken Sie den Schlüssel ein, geben Sie seine PIN ein und berühren Sie ihn.',
        'Bitten Sie um einen zweiten Schlüssel und richten Sie ihn ebenfalls ein: Geht einer verloren, arbeiten Sie weiter.',
      ],
      trouble: [
        {
          problem: 'Der Schlüssel wird nicht angenommen.',
          answer: 'Ihr Unternehmen lässt vielleicht nur bestimmte Modelle zu. Fragen Sie den Helpdesk, welche.',
        },
        {
          problem: 'Die PIN des Schlüssels ist vergessen oder gesperrt.',
          answer:
            'Der Schlüssel muss mit dem Werkzeug des Herstellers zurückgesetzt werden; das löscht, was darauf ist. Löschen Sie ihn dann auf der Seite und fügen Sie ihn neu hinzu.',
        },
        {
          problem: 'Beim Einstecken geschieht nichts.',
          answer:
            'Versuchen Sie einen anderen Anschluss ohne Hub oder Adapter und einen anderen Browser. Private Fenster und Remotedesktops reichen Schlüssel oft nicht weiter.',
        },
      ],
    },
    'hardware-token': {
      name: 'Hardwaretoken mit Code',
      summary: 'Ein kleines Gerät, das sechs Ziffern zeigt. Für alle, die kein Telefon benutzen können oder wollen.',
      picture: 'hardware-token',
      minutes: 5,
      need: [
        'Ein Token vom Helpdesk, das Ihnen zugewiesen ist',
        'Seine Seriennummer, meist auf der Rückseite',
        'Ihre Arbeitsadresse und Ihr Kennwort; vielleicht einen befristeten Zugriffspass, falls die Seite einen zweiten Schritt verlangt',
      ],
      before:
        'Nur ein Token, das der Helpdesk für Ihr Unternehmen eingetragen hat, funktioniert. Hat der Helpdesk es schon für Sie aktiviert, müssen Sie nichts tun: Lesen Sie weiter bei „So melden Sie sich künftig an“.',
      steps: [
        {
          text: 'Holen Sie sich ein Token beim Helpdesk. Dort wird es Ihnen über seine Seriennummer zugewiesen.',
          picture: 'hardware-token',
        },
        { text: `Öffnen Sie ${SETUP} und melden Sie sich an.` },
        {
          text: 'Wählen Sie **Anmeldemethode hinzufügen**, dann **Hardwaretoken**, dann **Hinzufügen**.',
          picture: 'security-info',
        },
        { text: 'Geben Sie die Seriennummer von der Rückseite ein und wählen Sie **Weiter**.' },
        { text: 'Geben Sie dem Token einen Namen, an dem Sie es erkennen, und wählen Sie **Weiter**.' },
        {
          text: 'Drücken Sie den Knopf des Tokens und geben Sie die sechs Ziffern sofort ein; bei den meisten Token haben Sie etwa eine Minute. Wählen Sie **Weiter** und **Fertig**.',
        },
      ],
      later: [
        'Wählen Sie nach dem Kennwort **Prüfcode verwenden**, drücken Sie den Knopf des Tokens und geben Sie die sechs Ziffern ein.',
        'Bewahren Sie das Token getrennt vom Computer auf und schreiben Sie nie Ihr Kennwort darauf.',
      ],
      trouble: [
        {
          problem: '„Hardwaretoken“ fehlt in der Liste.',
          answer:
            'Nach der Zuweisung durch den Helpdesk kann es bis zu einer Stunde dauern. Fehlt es dann noch, melden Sie sich beim Helpdesk.',
        },
        {
          problem: 'Die Seriennummer ist unbekannt.',
          answer:
            'Prüfen Sie sie Ziffer für Ziffer. Das Token muss für Ihr Unternehmen eingetragen sein; ein privates funktioniert nicht.',
        },
        {
          problem: 'Der Code wird abgelehnt.',
          answer:
            'Warten Sie auf den nächsten Code und geben Sie ihn sofort ein. Werden mehrere hintereinander abgelehnt, geht vielleicht die Uhr des Tokens falsch oder die Batterie ist leer: Der Helpdesk tauscht es.',
        },
      ],
    },
    sms: {
      name: 'SMS oder Telefonanruf',
      summary:
        'Sie erhalten einen Code oder einen Anruf. Geht mit jedem Telefon, ist aber der schwächste Weg: nur, wenn die anderen nicht passen.',
      picture: 'text-message',
      minutes: 3,
      need: [
        'Ein Telefon, das Sie beim Anmelden zur Hand haben',
        'Empfang; im Ausland Roaming',
        'Ihre Arbeitsadresse und Ihr Kennwort',
      ],
      before:
        'Codes und Anrufe lassen sich abfangen oder Ihnen entlocken. Nehmen Sie nach Möglichkeit die App oder einen Schlüssel; manche Unternehmen lassen SMS gar nicht zu.',
      steps: [
        { text: `Öffnen Sie ${SETUP} und melden Sie sich mit Ihrer Arbeitsadresse an.` },
        {
          text: 'Wählen Sie **Anmeldemethode hinzufügen**, dann **Telefon**, dann **Hinzufügen**.',
          picture: 'security-info',
        },
        {
          text: 'Wählen Sie Ihr Land, geben Sie die Nummer ohne führende Null ein und wählen Sie **Code empfangen** (SMS) oder **Mich anrufen**. Dann **Weiter**.',
        },
        {
          text: 'SMS: Geben Sie den sechsstelligen Code ein. Anruf: Nehmen Sie ab und drücken Sie **#**.',
          picture: 'text-message',
        },
        { text: 'Wählen Sie **Weiter** und **Fertig**.' },
      ],
      later: [
        'Nach dem Kennwort kommt eine SMS oder ein Anruf. Geben Sie den Code ein oder drücken Sie im Anruf **#**.',
        'Ein Anruf bittet nur um die Taste **#**; er fragt nie nach Kennwort oder Code. Bei allem anderen legen Sie auf.',
      ],
      trouble: [
        {
          problem: 'Es kommt keine SMS.',
          answer:
            'Prüfen Sie Land und Nummer, warten Sie zwei Minuten und fordern Sie noch einen Code an. SMS-Filter und manche Tarife sperren Kurzabsender. Versuchen Sie **Mich anrufen**.',
        },
        {
          problem: '„Telefon“ fehlt in der Liste.',
          answer: 'Ihr Unternehmen bietet es nicht an. Bitte wählen Sie eine andere Methode.',
        },
        {
          problem: 'Ich habe eine neue Nummer.',
          answer: `Fügen Sie die neue Nummer auf ${SETUP} hinzu, solange die alte noch geht. Geht sie nicht mehr, fragen Sie den Helpdesk.`,
        },
      ],
    },
  },
};
