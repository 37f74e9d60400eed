/**
 * Server-sent events out of the text of a stream (HTML Living Standard §9.2.6), as the CSMS writes them:
 *
 *     id: 4711
 *     event: transaction.started
 *     data: {"seq":4711,…}
 *
 * Read here and not by the browser's EventSource, which shows neither comments (the heartbeat), nor events of a kind
 * that was not named beforehand, nor why it was refused (a session that ended, 401).
 */

/** No event of the CSMS is near this; what is longer is a fault, and ends the stream. */
export const EVENT_CHARS_MAX = 1_000_000;

export class EventText {
  #rest = "";
  #data: string[] = [];
  #chars = 0;

  /** Takes the next piece, cut anywhere; gives the `data` of each event that is whole. Throws where one is too long. */
  take(piece: string): readonly string[] {
    const events: string[] = [];
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?=.)/s);
    this.#rest = lines.pop() ?? "";
    this.#chars += piece.length;
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length > 0) events.push(this.#data.join("\n"));
        this.#data = [];
        this.#chars = this.#rest.length;
      } else if (line.startsWith("data:")) {
        this.#data.push(line.slice(line.startsWith("data: ") ? 6 : 5));
      }
    }
    if (this.#chars > EVENT_CHARS_MAX) {
      throw new RangeError(`an event of more than ${EVENT_CHARS_MAX} characters`);
    }
    return events;
  }
}
