/** What needs no repair, being valid or beyond one, and is counted per station all the same: rules that name a behaviour. */

export type Noticed = {
  readonly rule: string;
  /** Row of QUIRKS. */
  readonly row: number;
  /** One sentence for the operator: what is made of it. */
  readonly does: string;
};

export const noticed = [
  {
    rule: "clock-not-believable",
    row: 3,
    does: "a time before 2010 or in the future is replaced by the time of reception, and its transaction is reviewed",
  },
  {
    rule: "empty-sample",
    row: 7,
    does: "an empty sample is dropped, and the rest of the message stands",
  },
  {
    rule: "frame-unreadable",
    row: 8,
    does: "a frame that cannot be read gets its CALLERROR; the socket stays open",
  },
  {
    rule: "transaction-id-not-positive",
    row: 11,
    does: "a transaction id of 0 or less is none; a stop is bound only where exactly one open transaction fits",
  },
  {
    rule: "foreign-transaction",
    row: 12,
    does: "a message for a transaction that is not this station's changes nothing, and is acknowledged",
  },
  {
    rule: "start-while-open",
    row: 15,
    does: "the open transaction is superseded, with the last sample as its meter, and reviewed",
  },
  { rule: "boot-loop", row: 19, does: "each boot is answered; ten within ten minutes are an alarm" },
  {
    rule: "answers-no-call",
    row: 22,
    does: "after three calls in a row without an answer it is deaf: commands wait, and something harmless is asked every five minutes",
  },
  {
    rule: "no-sub-protocol",
    row: 23,
    does: "the handshake is completed and the socket closed, or a version is assumed where an operator said so",
  },
  {
    rule: "compressed-unasked",
    row: 26,
    does: "the socket is closed with 1002: permessage-deflate was not agreed",
  },
  {
    rule: "password-as-hex",
    row: 31,
    does: "a key that is sent as its hexadecimal digits in 1.6, or as their bytes in 2.x, is compared all the same",
  },
  {
    rule: "message-set-aside",
    row: 34,
    does: "a transaction message that cannot be read is kept for review and acknowledged, so that what waits behind it comes",
  },
  { rule: "call-error-form", row: 35, does: "a CALLERROR of any shape fails its call at once" },
  {
    rule: "list-too-long",
    row: 40,
    does: "a list of measurands that was refused is shortened and tried again; what was kept is read back",
  },
  { rule: "no-meter-values", row: 41, does: "a transaction without meter values is an alarm" },
  {
    rule: "rebooted-in-transaction",
    row: 42,
    does: "its transaction is uncertain, until it goes on, or ends with Available, a new start or the time limit",
  },
  {
    rule: "reply-invalid",
    row: 43,
    does: "the call fails with the text of the reply shown; it is not sent again",
  },
] as const satisfies readonly Noticed[];

export type NoticedRule = (typeof noticed)[number]["rule"];

/**
 * Transaction messages: what breaks its schema past repair is kept and acknowledged, because a CALLERROR makes a station
 * retry and then drop what is billed (QUIRKS, principle 2).
 */
export const neverRefused: ReadonlySet<string> = new Set([
  "MeterValues",
  "StartTransaction",
  "StopTransaction",
  "TransactionEvent",
]);

/** One thing noticed, as the deviation that is counted. */
export const notice = (rule: NoticedRule, was = "", path = "") => ({
  rule,
  path,
  was: was.slice(0, 120),
  places: 1,
});
