/**
 * Repairs a payload that its schema refuses, by the table of repairs, and tells what was done.
 *
 *     payload ─▶ schema ─┬─ valid ────────────────────────────────▶ repaired, with its deviations
 *          ▲             └─ complaint ─▶ first rule that knows it ─┐
 *          └───────────────────── edited at every such place ◀─────┘   no rule: the complaint stands
 *
 * Always true: nothing that is valid is changed; what is given back is valid; the payload given is not touched. A rule
 * edits all places of one kind in one pass and is asked once for each kind, so that the work is bounded by
 * {@link PASSES_MAX} passes over the message, whatever is in it.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import { shown } from "@wattward/kernel";
import { complaintAboutCall, complaintAboutResult } from "../validation.ts";
import type { OcppVersion, Side } from "../version.ts";
import { type Complaint, type Deviation, type Edit, isObject, type Repair } from "./repair.ts";
import { repairs } from "./table.ts";

/** Kinds of places that are repaired in one message; the most that a real one was seen to need is 4. */
export const PASSES_MAX = 16;
const WAS_CHARS_MAX = 80;
const PATH_CHARS_MAX = 96;

export type Repaired = { readonly payload: JsonObject; readonly deviations: readonly Deviation[] };

/** A CALL that `sender` sent; undefined where it cannot be repaired to a valid one. */
export const repairedCall = (
  version: OcppVersion,
  sender: Side,
  action: string,
  payload: JsonObject,
): Repaired | undefined =>
  repaired({ version, action, direction: "call" }, payload, (mended) =>
    complaintAboutCall(version, sender, action, mended),
  );

/** A CALLRESULT that `sender` sent; undefined where it cannot be repaired to a valid one. */
export const repairedResult = (
  version: OcppVersion,
  sender: Side,
  action: string,
  payload: JsonObject,
): Repaired | undefined =>
  repaired({ version, action, direction: "reply" }, payload, (mended) =>
    complaintAboutResult(version, sender, action, mended),
  );

type About = {
  readonly version: OcppVersion;
  readonly action: string;
  readonly direction: Repair["direction"];
};

function repaired(
  about: About,
  given: JsonObject,
  complaintAbout: (payload: JsonObject) => Complaint | undefined,
): Repaired | undefined {
  const candidates = repairs.filter((repair) => isFor(repair, about));
  const asked = new Set<string>();
  const deviations: Deviation[] = [];
  let payload: Json = given;
  for (let pass = 0; pass <= PASSES_MAX; pass += 1) {
    if (!isObject(payload)) return undefined;
    const complaint = complaintAbout(payload);
    if (complaint === undefined) return { payload, deviations };
    const done = mended(payload, complaint, candidates, asked);
    if (done === undefined) return undefined;
    payload = done.payload;
    deviations.push(done.deviation);
  }
  return undefined;
}

const isFor = ({ versions, direction, actions }: Repair, about: About): boolean =>
  (direction === "both" || direction === about.direction) &&
  versions.includes(about.version) &&
  (actions === undefined || actions.includes(about.action));

function mended(
  payload: Json,
  complaint: Complaint,
  candidates: readonly Repair[],
  asked: Set<string>,
): { readonly payload: Json; readonly deviation: Deviation } | undefined {
  const path = `/${complaint.place.join("/")}`;
  for (const repair of candidates) {
    for (const place of repair.places) {
      const here = place.path === "any" || place.path === "whole" || place.path === path;
      if (!here || (place.complaint !== "any" && place.complaint !== complaint.keyword)) continue;
      const key = `${repair.rule} ${complaint.keyword} ${path}`;
      if (asked.has(key)) continue;
      asked.add(key);
      const whole = place.path === "whole";
      const target = whole ? [] : complaint.place.slice(0, complaint.place.length - (place.above ?? 0));
      const done = editedAt(payload, target, { repair, complaint });
      if (done !== undefined) return done;
    }
  }
  return undefined;
}

type Asked = { readonly repair: Repair; readonly complaint: Complaint };

/** Edits every place that `target` names; undefined where the rule knew none of them. */
function editedAt(
  payload: Json,
  target: readonly string[],
  { repair, complaint }: Asked,
): { readonly payload: Json; readonly deviation: Deviation } | undefined {
  let first: Pick<Deviation, "path" | "was"> | undefined;
  let places = 0;
  const edit = (value: Json, at: readonly string[]): Edit => {
    const edited = repair.mend(value, complaint);
    if (edited === undefined) return undefined;
    places += 1;
    first ??= {
      path: shown(at.length === 0 ? "" : `/${at.join("/")}`, PATH_CHARS_MAX),
      was: shown(repair.told?.(value, complaint) ?? textOf(value), WAS_CHARS_MAX),
    };
    return edited;
  };
  const edited = walk(payload, { target, at: [], edit });
  if (first === undefined || edited?.kind !== "put") return undefined;
  return { payload: edited.value, deviation: { rule: repair.rule, ...first, places } };
}

/** Bounded before it becomes text: a value may be a megabyte. */
function textOf(value: Json): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, WAS_CHARS_MAX));
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return `{${Object.keys(value)
    .slice(0, 8)
    .map((name) => name.slice(0, 20))
    .join(", ")}}`;
}

type Walk = {
  readonly target: readonly string[];
  readonly at: readonly string[];
  readonly edit: (value: Json, at: readonly string[]) => Edit;
};

/** A copy with the edits; parts without one are shared with the original. Undefined where nothing was edited. */
function walk(value: Json, { target, at, edit }: Walk): Edit {
  const [segment, ...rest] = target;
  if (segment === undefined) return edit(value, at);
  if (segment === "*" && Array.isArray(value)) {
    const items = value as readonly Json[];
    const edits = items.map((item, index) => walk(item, { target: rest, at: [...at, String(index)], edit }));
    if (edits.every((edited) => edited === undefined)) return undefined;
    const kept = items.flatMap((item, index) => valuesOf(edits[index], item));
    return { kind: "put", value: kept };
  }
  if (!isObject(value) || !Object.hasOwn(value, segment)) return undefined;
  const inner = walk(value[segment] as Json, { target: rest, at: [...at, segment], edit });
  if (inner === undefined) return undefined;
  const { [segment]: _, ...others } = value;
  // Order of fields is not meaning in JSON, but a repaired message should read like the one that was sent.
  const copy = Object.fromEntries(
    Object.entries(value).map(([name, old]) => [
      name,
      name === segment && inner.kind === "put" ? inner.value : old,
    ]),
  );
  return { kind: "put", value: inner.kind === "remove" ? others : copy };
}

const valuesOf = (edited: Edit, item: Json): readonly Json[] =>
  edited === undefined ? [item] : edited.kind === "put" ? [edited.value] : [];
