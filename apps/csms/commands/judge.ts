/**
 * Whether a valid reply to a command is a yes, by its status before all else (QUIRKS 36), and what it shows of the
 * station beside. Each command says in its row which words mean yes.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { LearnedFact } from "../core/port.ts";
import type { CommandRoute, Judge } from "./route.ts";
import { aboutOf, routeOf } from "./routing.ts";

/** Nobody has a row for it: a plain Accepted, or nothing to say no with. */
const usual: Judge<JsonObject> = ["Accepted"];

export function judgedReply(
  version: OcppVersion,
  action: string,
  answer: JsonObject,
): "accepted" | "refused" {
  const row = routeOf(version, action) as unknown as CommandRoute<JsonObject, JsonObject> | undefined;
  const judge = row?.judge ?? usual;
  if (typeof judge === "function") return judge(answer);
  if ("list" in judge) return judgedList(answer[judge.list], judge.accepts);
  const status = answer["status"];
  return typeof status === "string" && judge.includes(status) ? "accepted" : "refused";
}

const done: ReadonlySet<Json | undefined> = new Set(["Accepted", "RebootRequired"]);

function judgedList(list: Json | undefined, accepts: "every" | "some"): "accepted" | "refused" {
  const items = Array.isArray(list) ? (list as readonly Json[]) : [];
  const isDone = (item: Json) =>
    typeof item === "object" &&
    item !== null &&
    !Array.isArray(item) &&
    done.has((item as JsonObject)["attributeStatus"]);
  const yes = accepts === "every" ? items.every(isDone) : items.some(isDone);
  return yes ? "accepted" : "refused";
}

/** Words of an error or a status that say: not this, never (1.6 §4.10.1 of OCPP-J, Part 4 §4.3; 1.6 §7). */
const unsupported: ReadonlySet<string> = new Set(["NotImplemented", "NotSupported"]);
/** Actions whose status NotSupported is about one key, profile or connector, and not about the action. */
const ofOneThing: ReadonlySet<string> = new Set([
  "ChangeConfiguration",
  "SetChargingProfile",
  "UnlockConnector",
]);

type Reply =
  | { readonly kind: "error"; readonly code: string }
  | { readonly kind: "result"; readonly payload: JsonObject };

/** A CALLERROR says it of the action, a status of what was asked for in particular, where there is such a thing. */
export function shownBy(
  version: OcppVersion,
  { action, payload }: { readonly action: string; readonly payload: JsonObject },
  reply: Reply,
): readonly LearnedFact[] {
  if (reply.kind === "error") {
    return unsupported.has(reply.code) ? [{ kind: "unsupported", about: action }] : [];
  }
  const { status, listVersion } = reply.payload;
  // 1.6 §5.10: -1 says that there is no local list.
  if (action === "GetLocalListVersion" && listVersion === -1) {
    return ["GetLocalListVersion", "SendLocalList"].map((about) => ({ kind: "unsupported", about }));
  }
  const row = routeOf(version, action);
  if (row === undefined || typeof status !== "string" || !unsupported.has(status)) return [];
  return ofOneThing.has(action) ? [] : [{ kind: "unsupported", about: aboutOf(row, action, payload) }];
}
