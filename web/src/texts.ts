/** What the page says, by language. Another language is another table; the compiler finds what it lacks. */
import type { Notice, State } from "./state";

export interface Texts {
  line: string;
  intro: string;
  consent: string;
  consentRecorded: string;
  start: string;
  send: string;
  mute: string;
  muted: string;
  keypad: string;
  hangUp: string;
  callAgain: string;
  tryAgain: string;
  inSeconds: (action: string, seconds: number) => string;
  level: string;
  captions: string;
  status: Record<State["status"], string>;
  notices: Record<Notice, [title: string, text: string]>;
}

const en: Texts = {
  line: "Voice line",
  intro: "Talk to our automated assistant, right here in your browser. It answers questions and takes your details for a call back.",
  consent: "The call is transcribed, and what you say is stored to handle your request. You can hang up at any time.",
  consentRecorded: "The call is recorded and transcribed, and what you say is stored to handle your request. You can hang up at any time.",
  start: "I agree, start the call",
  send: "Send",
  mute: "Mute",
  muted: "Muted",
  keypad: "Keypad",
  hangUp: "Hang up",
  callAgain: "Call again",
  tryAgain: "Try again",
  inSeconds: (action, seconds) => `${action} in ${seconds} s`,
  level: "Microphone level",
  captions: "Captions",
  status: { asking: "Please allow the microphone", connecting: "Connecting…", listening: "Listening", thinking: "One moment…", speaking: "Speaking" },
  notices: {
    unsupported: ["This browser can't place calls", "Please open this page in a current version of Chrome, Safari, Firefox or Edge."],
    insecure: ["This page isn't secure", "Browsers allow the microphone on https pages only. Please open the https address of this page."],
    "mic-refused": ["The microphone is blocked", "Allow the microphone for this page (usually behind the icon left of the address), then try again."],
    "mic-missing": ["No microphone found", "Connect a microphone or headset, or close the program that is using it, then try again."],
    unreachable: ["We can't be reached", "Please check your internet connection and try again."],
    nowhere: ["There is no line at this address", "Lines have addresses of their own. Please scan the code, or follow the link you were given."],
    unknown: ["This line doesn't exist", "The address may be mistyped or no longer in use. Please scan the code again."],
    paused: ["This line is closed", "Nobody can take calls here at the moment. Please try again later."],
    full: ["All lines are busy", "Please try again in a moment."],
    away: ["We can't take calls right now", "Something isn't working on our side. Please try again in a moment."],
    refused: ["The call can't be made from here", "Please open the page from its original address."],
    lost: ["The connection was lost", "What you said so far is kept. Please call again."],
    ended: ["The call has ended", "Thank you for calling."],
    failed: ["The call has ended", "Something went wrong on our side. What you said so far is kept."],
  },
};

const de: Texts = {
  line: "Anschluss",
  intro: "Sprechen Sie hier im Browser mit unserem automatischen Assistenten. Er beantwortet Fragen und nimmt Ihre Angaben für einen Rückruf auf.",
  consent: "Das Gespräch wird mitgeschrieben, und was Sie sagen, wird gespeichert, um Ihr Anliegen zu bearbeiten. Sie können jederzeit auflegen.",
  consentRecorded: "Das Gespräch wird aufgezeichnet und mitgeschrieben, und was Sie sagen, wird gespeichert, um Ihr Anliegen zu bearbeiten. Sie können jederzeit auflegen.",
  start: "Einverstanden, anrufen",
  send: "Senden",
  mute: "Stumm",
  muted: "Stumm geschaltet",
  keypad: "Tasten",
  hangUp: "Auflegen",
  callAgain: "Noch einmal anrufen",
  tryAgain: "Noch einmal versuchen",
  inSeconds: (action, seconds) => `${action} in ${seconds} s`,
  level: "Mikrofonpegel",
  captions: "Untertitel",
  status: { asking: "Bitte das Mikrofon erlauben", connecting: "Verbinde …", listening: "Hört zu", thinking: "Einen Moment …", speaking: "Spricht" },
  notices: {
    unsupported: ["Dieser Browser kann nicht anrufen", "Bitte öffnen Sie die Seite in einer aktuellen Version von Chrome, Safari, Firefox oder Edge."],
    insecure: ["Diese Seite ist nicht sicher", "Browser geben das Mikrofon nur für https-Seiten frei. Bitte öffnen Sie die https-Adresse dieser Seite."],
    "mic-refused": ["Das Mikrofon ist gesperrt", "Erlauben Sie dieser Seite das Mikrofon (meist über das Symbol links neben der Adresse) und versuchen Sie es dann noch einmal."],
    "mic-missing": ["Kein Mikrofon gefunden", "Schließen Sie ein Mikrofon oder Headset an, oder beenden Sie das Programm, das es gerade benutzt."],
    unreachable: ["Wir sind nicht erreichbar", "Bitte prüfen Sie Ihre Internetverbindung und versuchen Sie es noch einmal."],
    nowhere: ["Unter dieser Adresse ist niemand zu erreichen", "Jeder Anschluss hat seine eigene Adresse. Bitte scannen Sie den Code, oder folgen Sie dem Link, den Sie bekommen haben."],
    unknown: ["Diesen Anschluss gibt es nicht", "Die Adresse ist vielleicht falsch geschrieben oder nicht mehr in Gebrauch. Bitte scannen Sie den Code noch einmal."],
    paused: ["Dieser Anschluss ist geschlossen", "Zurzeit nimmt hier niemand Anrufe an. Bitte versuchen Sie es später noch einmal."],
    full: ["Alle Leitungen sind belegt", "Bitte versuchen Sie es gleich noch einmal."],
    away: ["Gerade können wir keine Anrufe annehmen", "Bei uns funktioniert etwas nicht. Bitte versuchen Sie es gleich noch einmal."],
    refused: ["Von hier aus kann nicht angerufen werden", "Bitte öffnen Sie die Seite unter ihrer ursprünglichen Adresse."],
    lost: ["Die Verbindung ist abgerissen", "Was Sie bisher gesagt haben, ist gespeichert. Bitte rufen Sie noch einmal an."],
    ended: ["Das Gespräch ist beendet", "Vielen Dank für Ihren Anruf."],
    failed: ["Das Gespräch ist beendet", "Bei uns ist etwas schiefgegangen. Was Sie bisher gesagt haben, ist gespeichert."],
  },
};

export const TABLES: Record<string, Texts> = { en, de };

/** The texts for a language as "de" or "de-AT"; English where there is no table. */
export function textsFor(language: string): { language: string; texts: Texts } {
  const wanted = language.split("-")[0] ?? "";
  const texts = Object.hasOwn(TABLES, wanted) ? TABLES[wanted] : undefined;
  return texts ? { language, texts } : { language: "en", texts: en };
}
