/**
 * A frame of OCPP-J (Part 4 §4) as it stands in the message log, read for a person: `[2, id, action, payload]` a call,
 * `[3, id, payload]` its result, `[4, id, code, description, details]` an error; in 2.1 also `[5, …]` and `[6, …]`.
 * The log cuts long frames and leaves out what nobody gets to read: what does not parse is shown as it is. Pure.
 */

export type Field = {
  readonly name: string;
  /** The leaf as text; undefined where there are fields below. */
  readonly text: string | undefined;
  readonly fields: readonly Field[];
};

export type Decoded =
  /** `pretty`: the whole frame, indented. `fields`: its payload. `failed`: code and description of an error frame. */
  | {
      readonly kind: "frame";
      readonly pretty: string;
      readonly fields: readonly Field[];
      readonly failed: string | undefined;
    }
  | { readonly kind: "unreadable" };

/** Deeper than any OCPP message; below it the rest stands as JSON. */
const DEPTH_MAX = 8;

/** A frame that fits one line stays in one. */
const LINE_CHARS_MAX = 64;

export function decodeFrame(frame: string): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return { kind: "unreadable" };
  }
  if (!Array.isArray(value)) return { kind: "unreadable" };
  const parts: readonly unknown[] = value;
  const line = JSON.stringify(value);
  const pretty = line.length <= LINE_CHARS_MAX ? line : JSON.stringify(value, null, 2);
  if (parts[0] === 4 || parts[0] === 5) {
    const failed = [parts[2], parts[3]].filter((part) => typeof part === "string" && part !== "").join(": ");
    return { kind: "frame", pretty, fields: fieldsOf(parts[4], 0), failed };
  }
  const payload = parts[0] === 3 ? parts[2] : parts[3];
  return { kind: "frame", pretty, fields: fieldsOf(payload, 0), failed: undefined };
}

function fieldsOf(value: unknown, depth: number): readonly Field[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.map((item, index) => field(String(index + 1), item, depth));
  return Object.entries(value).map(([name, item]) => field(name, item, depth));
}

function field(name: string, value: unknown, depth: number): Field {
  if (typeof value !== "object" || value === null) return { name, text: textOf(value), fields: [] };
  if (depth >= DEPTH_MAX) return { name, text: JSON.stringify(value), fields: [] };
  const fields = fieldsOf(value, depth + 1);
  // A list of plain values reads better in one line.
  if (Array.isArray(value) && fields.every((it) => it.fields.length === 0 && it.text !== undefined)) {
    return { name, text: fields.length === 0 ? "[]" : fields.map(({ text }) => text).join(", "), fields: [] };
  }
  return fields.length === 0 ? { name, text: "{}", fields } : { name, text: undefined, fields };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** RFC 3339 as OCPP writes it, in milliseconds since 1970; undefined for any other text. */
export function instantIn(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs;
}
