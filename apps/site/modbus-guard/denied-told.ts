/**
 * A refused exchange as the central system is told it: JSON of what was asked, decoded, with the sentence that the log has, so that a page
 * and a script need not read sentences. Where it would be longer than the link lets through, it says less, and at last the sentence alone.
 *
 *     {"text":"vendor, write-single-register 100 of battery: …","exception":3,"rule":"rules[0].writes[0]","why":"…","exchange":{…}}
 */
import type { Denied } from "@wattward/guard";
import { shown } from "@wattward/kernel";
import { LINK_TEXT_CHARS_MAX } from "@wattward/sitelink";

/** Of many values the first few say what was wanted. */
const FEW_VALUES = 3;

/** `text`: as the log has it, with how many more there were. */
export function deniedTold({ exchange, exception, why, rule }: Denied, text: string): string {
  const { pdu: _, ...decoded } = exchange;
  const few = { ...decoded, values: decoded.values.slice(0, FEW_VALUES) };
  const head = { exception, ...(rule !== undefined && { rule }), why };
  const told = [
    { text, ...head, exchange },
    { text, ...head, exchange: decoded },
    { text, ...head, exchange: few },
    { ...head, exchange: few },
  ].map((one) => JSON.stringify(one));
  const fits = told.find((json) => json.length <= LINK_TEXT_CHARS_MAX);
  return fits === undefined ? text : shown(fits, LINK_TEXT_CHARS_MAX);
}
