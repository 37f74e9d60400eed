/** The forty-three rows of what stations get wrong, in a few words each: what `docs/quirks.md` is made of. */

export type QuirkRow = {
  readonly row: number;
  readonly deviation: string;
  /** What is done, where no rule of the tables says it: a behaviour that nothing counts. */
  readonly does?: string;
};

export const quirkRows: readonly QuirkRow[] = [
  { row: 1, deviation: "a time without a zone" },
  {
    row: 2,
    deviation: "an offset without minutes",
    does: "our own times end in `Z`, with three decimals at most",
  },
  {
    row: 3,
    deviation: "a clock that is wrong until the boot is answered",
    does: "order is that of arrival and of seqNo",
  },
  { row: 4, deviation: "a meter value of the wrong type" },
  { row: 5, deviation: "a configuration value as a number" },
  { row: 6, deviation: "an object where a list belongs" },
  { row: 7, deviation: "empty samples" },
  { row: 8, deviation: "what is not JSON", does: "a broken reply fails its call at once" },
  { row: 9, deviation: "an empty required text", does: "it is valid, and accepted" },
  { row: 10, deviation: "a word that no list has" },
  { row: 11, deviation: "transaction ids of 0 and -1", does: "none is ever given out" },
  { row: 12, deviation: "a stop for another's transaction" },
  {
    row: 13,
    deviation: "the same start again",
    does: "the same connector, tag, time and register get the same transaction id",
  },
  {
    row: 14,
    deviation: "two starts for one car, two stops for one start",
    does: "each distinct start has an id of its own; of two different stops the first stands, and the transaction is reviewed",
  },
  { row: 15, deviation: "a start where a stop belongs" },
  {
    row: 16,
    deviation: "meter values after the stop",
    does: "they attach to the ended transaction and never reopen it",
  },
  {
    row: 17,
    deviation: "no boot after a reconnect",
    does: "the accepted state outlives the connection; a 1.6 station that never booted is asked to, 2.0.1 gets SecurityError until it has",
  },
  {
    row: 18,
    deviation: "a boot loop if anything is sent before the boot is answered",
    does: "nothing is sent until the first CALL is answered, or 30 s have passed; then one call at a time",
  },
  { row: 19, deviation: "a boot every few seconds, for ever" },
  {
    row: 20,
    deviation: "damaged and over-long tags",
    does: "tags are compared without case, and kept as they were sent",
  },
  {
    row: 21,
    deviation: "tags with separators",
    does: "separators are part of a tag; another spelling of a card is a token of its own that an operator adds",
  },
  {
    row: 22,
    deviation: "heartbeats, and no answer to any call",
    does: "a late answer is logged, and matched to no other call",
  },
  { row: 23, deviation: "no sub-protocol, or a wrong one" },
  {
    row: 24,
    deviation: "several versions offered",
    does: "the version is the socket's: the station's first one that is spoken here, or the one that an operator pinned",
  },
  { row: 25, deviation: "no `Connection: Upgrade`", does: "refused with 426" },
  { row: 26, deviation: "frames compressed though not agreed" },
  {
    row: 27,
    deviation: "odd paths and encoded ids",
    does: "the id is the last segment that is not empty, decoded once; bad encoding and control characters are 404",
  },
  {
    row: 28,
    deviation: "no pong, no ping, or both",
    does: "any frame is a sign of life; one that an operator wants left alone is never pinged",
  },
  {
    row: 29,
    deviation: "closed at every heartbeat interval",
    does: "one that never answered a ping is given three granted intervals of silence",
  },
  {
    row: 30,
    deviation: "a half-open old socket",
    does: "the newest authenticated socket wins by the takeover table; a late end touches only its own generation",
  },
  {
    row: 31,
    deviation: "passwords in other forms",
    does: "passwords are bytes; the user name is the id, exactly",
  },
  {
    row: 32,
    deviation: "old TLS",
    does: "nothing below TLS 1.2; the failed handshake is observed with its address",
  },
  {
    row: 33,
    deviation: "large messages that get lost",
    does: "1 MiB is taken; more closes with 1009 and a line in the log; ours go in parts, by what the station takes",
  },
  {
    row: 34,
    deviation: "weeks of history, some of it invalid",
    does: "old times stand; replay raises no live alarm",
  },
  {
    row: 35,
    deviation: "damaged CALLERRORs",
    does: "both spellings of the codes are read; a CALLERROR is never answered",
  },
  { row: 36, deviation: "a refusal padded with junk" },
  {
    row: 37,
    deviation: "connector 0 and unknown connectors",
    does: "0 is the station; a new connector is made by its first word; below 0 is refused",
  },
  {
    row: 38,
    deviation: "transaction events out of order, twice, or without their start",
    does: "all are stored and applied by seqNo; what is missing is listed; an event without its start opens a partial transaction",
  },
  {
    row: 39,
    deviation: "a register that falls",
    does: "energy is stop less start of one transaction; negative is kept as told, and reviewed",
  },
  { row: 40, deviation: "one measurand too many" },
  { row: 41, deviation: "meter values that never come" },
  { row: 42, deviation: "a reboot in a transaction" },
  { row: 43, deviation: "a reply in another version's words" },
];
