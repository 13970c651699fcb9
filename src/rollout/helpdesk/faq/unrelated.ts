import type { Language } from './faq-types.core.ts';
import { lines } from './topic-data.ts';

/** What people write in a support channel that is not about MFA. A message closer to these than to any topic is left alone. */
export const UNRELATED: Readonly<Record<Language, readonly string[]>> = {
  en: lines(`
    Which phone contract do we have?
    Are private calls allowed?
    Why do mails come back?
    Why does the mail to the customer bounce?
    Why is the door open?
    The code in the spreadsheet is wrong
    My extension number is wrong
    Cannot log in to the time tracking
    Cannot log in to the supplier portal
    The passcode for the webinar please
    Phone line for the new colleague
    My phone memory is full
    Do we have a phone plan with roaming?
    Why is the air conditioning so loud?
    What is the plan for the move?
    What is the new org chart?
    my dog ate my mousepad
    the phone system menu says press 2 for sales
    please order two more phones for the warehouse
    I can't find my charger
    can't log in to the time clock
    the login page of the customer portal looks odd in Firefox
    my browser forgets my passwords
    how do I save passwords in Edge
    locked PDF, can someone remove the password
    can someone unlock my SAP user
    the code in cell B7 is wrong
    number of participants for Friday?
    type the text in bold please
    the QR code scanner in the warehouse is dead
    handheld scanners lose connection
    barcode scanner doesn't read
    why is my mailbox read only
    shared calendar is empty
    who owns the shared drive
    our info brochure needs an update
    is my computer being monitored
    does Teams show my boss when I'm away
    cookie banner asks me every time
    can someone approve my timesheet
    push the meeting back 10 minutes
    a colleague needs to talk to you
    someone from the agency called
    guests for tomorrow's tour: 12
    wrong number on the flyer
    travel policy link?
    passport photos near the office?
    what does CRM mean
    why does the door need a key
    when's lunch
    setup.exe is blocked
    registration form on our website is broken
    first factor authentication of invoice... no idea what that means in the contract
    Enable dark mode?
    lost 2 hours to this update
    my old phone number still shows in Teams
    who's got the spare projector remote
    morning! trains are a mess, will be 20 late
    my mailbox says 49.8 of 50 GB
    Adobe wants me to sign in to view a pdf
    how do I sign a PDF electronically
    need a bigger screen, my eyes hurt
    phones are ringing but nobody answers at reception
    my mobile bill is way too high this month
    does the company pay for my home internet
    Could someone explain how to use mail merge
    it's freezing in here
    I need the number of our tax office
    what's our VAT number
    Can I get a copy of the office key
    forgot my lunch at home
    forgot my laptop at home, can I borrow one
    I left my jacket in the meeting room
    my laptop got stolen
    lost the cap of my pen lol
    the app for booking rooms shows an error
    no notifications from Outlook on new mails
    my Teams calls go straight to voicemail
    calls drop all the time
    can we extend the project deadline
    When does the new hire start?
    what's the deadline for the timesheets
    Is my leave approved?
    has my ticket been assigned
    am I registered for the Christmas party
    our customer wants a guest wifi voucher
    external speakers crackle
    scanner app on my phone recommendations?
    send the scans to the archive please
    the printer emails me every hour about toner
    The website asks visitors for cookies each time
    two of my monitors stay dark
    verify that the invoice was paid
    double click doesn't work on my mouse
    why is SharePoint so complicated
    what is a Loop component
    how often do you back up the server
    key figures for Q3 please
    Tokens for the coffee machine are sold out
    passport needed for the trip to Brazil?
    jet lag... working from the airport lounge today
    Thanks a million, everything fine again
    who do I talk to about my salary
    the human body needs coffee
    my phone keeps ringing during meetings
    can someone call me a taxi
    I need to talk to my manager
    please sign the contract in DocuSign
    the signature on my email is wrong
    what's the number for the helpdesk?
    when does the helpdesk open
    where do I find my employee number
    my phone number in the org chart is wrong
    the access to building B doesn't work
    my account in SAP is missing a role
    how do I log in to the printer portal
    two factors influenced our sales this quarter
    he's a key factor for the project
    the key to success is teamwork
    step two of the onboarding is unclear
    multi-page scan goes into separate files
    Authentication letter for visa from HR?
    app store on my ipad is gone
    what app do you use for notes
    can we get the new MacBooks
    need a phone for the new sales guy
    who ordered a phone case
    my phone won't connect to the wifi
    bluetooth on my phone doesn't find the headset
    lost a file on the share
    lost my train of thought, sorry
    can't find my mouse
    can't get into the meeting room
    can't open the door to the server room
    can't access the shared folder
    my screen is locked and the keyboard doesn't type
    the app crashed
    please confirm the meeting for tomorrow
    I confirm
    approve pls: vacation 12.-16.
    please verify the invoice
    could you check the numbers in the report
    is the shop still open
    anyone in the office today?
    who is on call this weekend
    I'm travelling to Munich tomorrow, need a laptop
    business trip forms, where?
    the hotel invoice for my trip is missing
    flying to Rome on Friday, can't join standup
    back from vacation, what did I miss
    can I extend my laptop lease
    extension cable needed
    we need more time for the project
    postpone tomorrow's training please
    my private email isn't loading at work
    personal files on the company laptop ok?
    privacy policy update for website
    who sees my calendar entries
    can my boss see my vacation requests
    is my teams chat private
    password for the guest wifi?
    guest speaker arrives at 3
    external webcam doesn't work
    our partner Fabrikam called
    customer asks for a discount
    text is too small on my screen
    I got a text from my bank
    email notifications don't come
    mails don't arrive since this morning
    the newsletter never arrived
    my order hasn't arrived
    Teams messages arrive late
    Outlook keeps asking for my password
    Windows keeps asking for updates
    Excel asks me every time to save
    my computer locks every 5 minutes
    I accidentally deleted an email
    accidentally sent the mail to all staff
    the number of licences is too low
    what number do I dial for outside line
    PIN for the printer please
    my credit card PIN
    SAP token expired, need new transport
    API token for jira
    key for the letterbox
    shortcut key for screenshots?
    set up the projector please
    setup of the new desks on Friday
    register my car for the garage
    activate my Office licence
    enable macros in Excel
    install Chrome please
    link to the recording?
    instructions for the coffee machine
    is it mandatory to attend the townhall
    why is the canteen closed
    why is my PC so slow
    am I the only one without internet
    did the backup run
    all set for tomorrow's demo?
    done!
    status of ticket 4711?
    what does NDA mean
    what is a purchase requisition
    this bot is funny
    bot, what's the weather
    Kind regards, Tom
    fyi
    +1
    Good morning
    Hello everybody
    Thanks, it works again
    Thank you very much
    Have a nice weekend
    I am on holiday next week
    I am sick today
    Working from home today
    Who is in the office today?
    Who wants to join for lunch?
    Is there cake in the kitchen?
    Happy birthday
    Wrong channel, sorry
    Can you help me?
    I have a question
    Is anybody there?
    My password has expired
    I forgot my password
    Please reset my password
    How do I change my Windows password?
    Where do I change my password?
    The printer does not print
    The printer has a paper jam
    The scanner is jammed
    The scanner makes stripes
    Scanned pages are crooked
    Printer is out of toner
    How do I install the printer?
    Excel crashes
    A formula in Excel does not work
    Word does not open
    PowerPoint presentation is gone
    VPN does not connect
    VPN is slow
    The internet is slow
    Wifi password for guests
    Guest wifi does not work
    My laptop does not start
    My laptop is slow
    Laptop is broken, I need a new one
    The monitor stays black
    Keyboard and mouse do not work
    The docking station does not work
    Headset does not work in Teams
    No sound in the Teams call
    Camera is not recognised in Teams
    Teams status is wrong
    Teams notifications are annoying
    Outlook search does not work
    Outlook does not start
    My mailbox is full
    I cannot send mail to external addresses
    I received a phishing mail
    Suspicious mail with an attachment
    Spam mail again
    Set up an out of office message
    Change my signature in Outlook
    I need access to the shared mailbox of another team
    Please give me access to the shared mailbox
    Please create a shared mailbox
    Please add me to the distribution list
    I need access to a folder on the drive
    The shared drive is full
    A file is locked by another user
    Restore a deleted file
    SharePoint page does not load
    SAP is not reachable
    The server is down
    The website does not load
    The app does not open
    The time tracking app crashes
    Install software on my computer please
    I need a licence for Visio
    I need admin rights on my PC
    New employee starts on Monday
    Set up an account for the new colleague
    The new colleague needs a phone
    My phone display is cracked
    My phone battery is empty
    I need a charger for my phone
    I need a new company phone
    When do I get my new phone?
    How do I forward calls on my desk phone?
    The desk phone has no dial tone
    Phone number of the hotline has changed
    My mobile contract has no data left
    SIM card does not work
    I lost my keys
    Found keys in the parking lot
    Where is the key for the cabinet?
    Door code for the office
    The alarm code has changed
    The door is locked
    The meeting room is locked
    Discount code for employees
    Code review please
    QR code for the menu
    When is the next meeting?
    When is the maintenance window?
    When will the server be back?
    Deadline for the expense report
    Please move the meeting
    Can we postpone the call to tomorrow?
    Please approve my vacation request
    Please approve the invoice
    Travel expenses
    Book a hotel for the business trip
    My flight is delayed
    How many vacation days do I have left?
    Train tickets for the conference
    Time zone in the calendar is wrong
    Registration for the training
    Register for the summer party
    Data protection training
    Security training deadline
    Guest is waiting at the reception
    Add a guest to the Teams meeting
    External user needs access to the folder
    Customer cannot log in to our web shop
    Customer complains about the invoice
    The contractor needs a desk
    Numbers are shown as dates in Excel
    Ticket number please
    What is OneDrive?
    What is the difference between Teams and SharePoint?
    Why is the update taking so long?
    Why does my computer restart all the time?
    How do I set up a calendar?
    How do I add a printer?
    How do I connect a second screen?
    Can someone call the caretaker?
    I would like to talk to the HR department
    Call me when you are back
    Is the problem solved?
    Am I invited to the meeting?
    Did my order go through?
    Is the training mandatory?
    The coffee machine is broken
    The elevator is stuck
    The heating does not work
    MFA degree in fine arts
    Tell me a joke
    Write a poem
    The software asks for a licence key
    Windows activation key is invalid
    USB stick is not recognised
    The BitLocker recovery key please
    The banking app does not work
    Login to the learning platform does not work
    I do not know my SAP user
    Can I work from abroad?
    The Wi-Fi in the hotel asks for a room number
  `),
  de: lines(`
    Welchen Vertrag haben unsere Handys?
    Sind private Anrufe erlaubt?
    Warum kommt die Mail zurück?
    Der Code in der Tabelle ist falsch
    Meine Durchwahl ist falsch
    Kann mich nicht an der Zeiterfassung anmelden
    Anmeldung am Lieferantenportal geht nicht
    Kenncode für das Webinar bitte
    Telefonanschluss für die neue Kollegin
    Handyspeicher ist voll
    Warum ist die Lüftung so laut?
    Was ist der Plan für den Umzug?
    Hund im Büro erlaubt?
    Bitte zwei Telefone fürs Lager bestellen
    Ich finde mein Ladegerät nicht
    Stempeluhr: Anmeldung geht nicht
    Browser merkt sich meine Passwörter nicht
    PDF ist gesperrt, Passwort unbekannt
    Bitte SAP-User entsperren
    Barcodescanner liest nicht
    Handscanner verlieren die Verbindung
    Gemeinsamer Kalender ist leer
    Wird mein PC überwacht
    Sieht man in Teams, wenn ich weg bin
    Stundenzettel bitte freigeben
    Meeting 10 Minuten nach hinten schieben
    Jemand von der Agentur hat angerufen
    Was bedeutet CRM
    Formular zur Registrierung auf unserer Homepage kaputt
    Neue Telefonnummer in der Signatur ändern
    Zwei Stunden Arbeit verloren
    Wer hat die Nummer vom Taxi
    Bahn steht mal wieder, komme später
    Postfach fast voll, was kann ich löschen
    PDF elektronisch unterschreiben, wie?
    Am Empfang geht niemand ans Telefon
    Meine Handyrechnung ist zu hoch
    Zahlt die Firma mein Internet zuhause
    Serienbrief erstellen?
    Es zieht im Büro
    Umsatzsteuernummer der Firma?
    Laptop zuhause vergessen, kann ich einen leihen
    Jacke im Besprechungsraum vergessen
    mein Laptop wurde gestohlen
    Raumbuchungs-App zeigt Fehler
    Keine Benachrichtigung bei neuen Mails in Outlook
    Anrufe brechen ständig ab
    Projektfrist verlängern?
    Wann fängt die Neue an?
    Bis wann müssen die Stundenzettel rein?
    Ist mein Urlaub genehmigt
    Bin ich für die Weihnachtsfeier angemeldet
    Externe Lautsprecher knistern
    Welche Scanner App fürs Handy könnt ihr empfehlen
    Drucker schickt mir ständig Mails wegen Toner
    Maus Doppelklick geht nicht
    Was ist eine Loop Komponente
    Wie oft wird der Server gesichert
    Kaffeemarken sind alle
    Reisepass für Brasilien nötig?
    Sitze am Flughafen, Flug verspätet
    Wer ist für Gehaltsfragen zuständig
    Tausend Dank, läuft wieder
    Rechner sperrt sich nach 5 Minuten
    ist der chef schon da
    Mein Handy klingelt ständig
    Handy für den neuen Kollegen bestellen
    Mein Handy verbindet sich nicht mit dem WLAN
    Wie ist die Nummer vom Helpdesk?
    Meine Personalnummer?
    Wo melde ich mich krank?
    Wie melde ich mich für den Kurs an?
    Anmeldung zum Betriebsausflug bis Freitag
    Bitte meldet euch für die Weihnachtsfeier an
    Zugang zum Parkhaus geht nicht
    Komme nicht in den Besprechungsraum
    Komme heute später
    Ich komme morgen nicht ins Büro
    Bin unterwegs, bis später
    Bin auf Dienstreise, Vertretung macht Kollegin Muster
    Fliege morgen nach München
    Hotelrechnung fehlt
    Bitte bestätigt den Termin
    Kann jemand die Bestellung bestätigen?
    Zahlendreher in der Rechnung
    Welche Nummer hat der Raum?
    Bitte Zahl in Zelle B4 prüfen
    Der Schlüssel klemmt
    Zweiter Bildschirm bleibt schwarz
    zweiter versuch: kann jemand den beamer anmachen
    Faktor 10 zu hoch in der Kalkulation
    App auf dem iPad startet nicht
    Neue Version der App wann?
    Outlook fragt nach dem Passwort
    Passwort für Zoom
    Mails kommen nicht an
    Paket ist nicht angekommen
    Fax kommt nicht durch
    SMS-Versand an Kunden ist kaputt
    Scan ist nicht lesbar
    Scanner im EG scannt nur schwarz
    Drucker braucht eine PIN
    Lizenzschlüssel für Acrobat
    Gästeliste für Freitag
    Externe Mails landen im Spam
    Partnerportal ist offline
    Wer ist der Ansprechpartner im Einkauf?
    Kann ich kurz mit dir sprechen?
    Ich muss mit dem Chef sprechen
    Bitte um Rückmeldung bis Freitag
    Termin auf nächste Woche verschieben?
    Frist für die Steuererklärung
    Datenschutz: darf ich das Foto veröffentlichen?
    Wer hat meine Tasse gesehen
    Brauche Hilfe bei Excel
    Hilfe, mein PC brennt
    Konto in der Buchhaltung 4400 oder 8400?
    Kontonummer vom Lieferanten ist falsch
    Sperrmüll am Hintereingang
    Datei ist gesperrt
    Bildschirmsperre kommt zu schnell
    warum ist das so langsam heute
    was ist hier los
    wann gibts essen
    fertig!
    alles erledigt
    Bot, erzähl was
    Guten Morgen
    Hallo zusammen
    Danke, geht wieder
    Vielen Dank
    Schönes Wochenende
    Ich bin nächste Woche im Urlaub
    Ich bin heute krank
    Bin heute im Homeoffice
    Wer ist heute im Büro?
    Wer kommt mit zum Mittagessen?
    In der Küche steht Kuchen
    Alles Gute zum Geburtstag
    Falscher Kanal, sorry
    Kann mir jemand helfen?
    Ich habe eine Frage
    Ist jemand da?
    Ich habe mein Passwort vergessen
    Bitte mein Passwort zurücksetzen
    Wie ändere ich mein Windows-Kennwort?
    Wo ändere ich mein Passwort?
    Der Drucker druckt nicht
    Papierstau im Drucker
    Der Scanner klemmt
    Der Scanner macht Streifen
    Gescannte Seiten sind schief
    Der Toner ist leer
    Wie installiere ich den Drucker?
    Excel stürzt ab
    Eine Formel in Excel geht nicht
    Word lässt sich nicht öffnen
    Meine Präsentation ist weg
    VPN verbindet sich nicht
    VPN ist langsam
    Das Internet ist langsam
    WLAN-Passwort für Gäste
    Das Gäste-WLAN geht nicht
    Mein Laptop startet nicht
    Mein Laptop ist langsam
    Laptop kaputt, ich brauche einen neuen
    Bluescreen nach dem Update
    Der Monitor bleibt schwarz
    Tastatur und Maus gehen nicht
    Die Dockingstation geht nicht
    Headset geht in Teams nicht
    Kein Ton in der Teams-Besprechung
    Kamera wird in Teams nicht erkannt
    Mein Teams-Status ist falsch
    Benachrichtigungen in Teams nerven
    Die Suche in Outlook geht nicht
    Outlook startet nicht
    Mein Postfach ist voll
    Ich kann keine Mails nach extern senden
    Ich habe eine Phishing-Mail bekommen
    Verdächtige Mail mit Anhang
    Schon wieder Spam
    Abwesenheitsnotiz einrichten
    Signatur in Outlook ändern
    Ich brauche Zugriff auf das gemeinsame Postfach der anderen Abteilung
    Bitte Zugriff auf das Gruppenpostfach geben
    Bitte ein gemeinsames Postfach anlegen
    Bitte in den Verteiler aufnehmen
    Ich brauche Zugriff auf einen Ordner im Laufwerk
    Das Laufwerk ist voll
    Eine Datei ist von einem anderen Benutzer gesperrt
    Gelöschte Datei wiederherstellen
    Die SharePoint-Seite lädt nicht
    SAP ist nicht erreichbar
    Der Server ist weg
    Die Webseite lädt nicht
    Die App öffnet sich nicht
    Die App zur Zeiterfassung stürzt ab
    Bitte Software auf meinem Rechner installieren
    Ich brauche eine Lizenz für Visio
    Ich brauche Adminrechte auf meinem PC
    Am Montag kommt ein neuer Mitarbeiter
    Konto für die neue Kollegin anlegen
    Der neue Kollege braucht ein Handy
    Der Akku vom Handy ist leer
    Ich brauche ein Ladekabel fürs Handy
    Ich brauche ein neues Diensthandy
    Wann bekomme ich mein neues Handy?
    Wie leite ich Anrufe am Telefon um?
    Das Telefon am Platz hat kein Freizeichen
    Die Nummer der Hotline hat sich geändert
    Mein Handyvertrag hat kein Datenvolumen mehr
    Die SIM-Karte geht nicht
    Ich habe meinen Ausweis verloren
    Ich habe meinen Schlüssel verloren
    Schlüssel auf dem Parkplatz gefunden
    Wo ist der Schlüssel für den Schrank?
    Türcode fürs Büro
    Der Code der Alarmanlage hat sich geändert
    Die Tür ist abgeschlossen
    Der Besprechungsraum ist zu
    Rabattcode für Mitarbeiter
    Bitte um Code-Review
    QR-Code der Speisekarte
    Wann ist die nächste Besprechung?
    Wann ist das Wartungsfenster?
    Wann geht der Server wieder?
    Frist für die Reisekosten
    Bitte den Termin verschieben
    Können wir das Gespräch auf morgen verschieben?
    Bitte meinen Urlaubsantrag genehmigen
    Bitte die Rechnung freigeben
    Reisekosten abrechnen
    Hotel für die Dienstreise buchen
    Mein Flug hat Verspätung
    Wie viele Urlaubstage habe ich noch?
    Bahntickets für die Messe
    Zeitzone im Kalender stimmt nicht
    Anmeldung zur Schulung
    Anmeldung zum Sommerfest
    Datenschutzschulung
    Frist für die Sicherheitsschulung
    Ein Gast wartet am Empfang
    Gast zur Teams-Besprechung einladen
    Externer braucht Zugriff auf den Ordner
    Kunde kann sich im Webshop nicht anmelden
    Kunde beschwert sich über die Rechnung
    Der Dienstleister braucht einen Schreibtisch
    Zahlen werden in Excel als Datum angezeigt
    Bitte die Ticketnummer
    Was ist OneDrive?
    Was ist der Unterschied zwischen Teams und SharePoint?
    Warum dauert das Update so lange?
    Warum startet mein Rechner dauernd neu?
    Wie richte ich einen Kalender ein?
    Wie füge ich einen Drucker hinzu?
    Wie schließe ich einen zweiten Bildschirm an?
    Kann jemand den Hausmeister anrufen?
    Ich möchte mit der Personalabteilung sprechen
    Ruf mich an, wenn du wieder da bist
    Ist das Problem gelöst?
    Bin ich zum Meeting eingeladen?
    Ist meine Bestellung durchgegangen?
    Ist die Schulung Pflicht?
    Die Kaffeemaschine ist kaputt
    Der Aufzug steckt fest
    Die Heizung geht nicht
    MFA-Studium der bildenden Kunst
    Erzähl einen Witz
    Schreib ein Gedicht
    Die Software verlangt einen Lizenzschlüssel
    Der Windows-Schlüssel ist ungültig
    USB-Stick wird nicht erkannt
    Bitte den BitLocker-Schlüssel
    Die Banking-App geht nicht
    Die Anmeldung an der Lernplattform geht nicht
    Ich weiß meinen SAP-Benutzer nicht
    Kann ich aus dem Ausland arbeiten?
    Das WLAN im Hotel fragt nach der Zimmernummer
  `),
};
