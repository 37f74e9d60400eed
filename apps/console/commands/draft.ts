/**
 * A command as it is being written: what the form holds, what is wrong with it, the exact effect in words, and the
 * intent it becomes. Pure, so that every sentence an operator confirms is tested.
 */

import type { StationView } from "../stations/view.ts";
import { words } from "../strings/en.ts";
import type { Choice } from "./choices.ts";
import { type Intent, TOKEN_CHARS_MAX, type TriggerMessage, triggerMessages, type Version } from "./plan.ts";

export const REASON_CHARS_MAX = 500;
export const expiries = [60, 300, 3600] as const;

/** `evse` 0 is the whole station. Kept while the form is open, whatever is refused. */
export type Draft = {
  readonly evse: number;
  readonly token: string;
  /** Our id of the session to stop. */
  readonly session: string;
  readonly calm: boolean;
  readonly message: TriggerMessage;
  readonly reason: string;
  readonly expiresInS: number;
};
export type Faults = { readonly token?: string; readonly reason?: string };

export function firstDraft(choice: Choice, view: StationView, version: Version): Draft {
  return {
    evse: evsesFor(choice, view)[0] ?? 0,
    token: "",
    session: view.open[0]?.id ?? "",
    calm: true,
    message: triggerMessages[version][0] ?? "Heartbeat",
    reason: "",
    expiresInS: 60,
  };
}

/** The EVSEs among which a choice may pick; 0 where the whole station is meant, or may be. */
export function evsesFor(choice: Choice, view: StationView): readonly number[] {
  const all = view.evses.map(({ evse }) => evse);
  switch (choice) {
    case "start": {
      const free = view.evses.filter((evse) => evse.session === undefined && evse.state !== "unavailable");
      return free.length > 0 ? free.map(({ evse }) => evse) : [1];
    }
    case "outOfService":
    case "intoService":
      return all.length > 1 ? [0, ...all] : [0];
    case "trigger":
      return all.length > 0 ? all : [1];
    default:
      return [];
  }
}

export function faultsOf(choice: Choice, draft: Draft, version: Version): Faults {
  const say = words.commands.fields;
  const charsMax = TOKEN_CHARS_MAX[version];
  const token = draft.token.trim();
  return {
    ...(choice === "start" && token === "" ? { token: say.tokenMissing } : {}),
    ...(choice === "start" && token.length > charsMax ? { token: say.tokenLong(charsMax) } : {}),
    ...(draft.reason.trim() === "" ? { reason: say.reasonMissing } : {}),
  };
}

/** Exactly what will happen, in one or two sentences. */
export function effectOf(choice: Choice, draft: Draft, view: StationView, version: Version): string {
  const say = words.commands.effect;
  const { id } = view.station;
  const open = view.open.length;
  const part = draft.evse === 0 ? id : `${words.stations.evse(draft.evse)} of ${id}`;
  const openThere = draft.evse === 0 ? open : view.open.filter((it) => it.evse === draft.evse).length;
  switch (choice) {
    case "start":
      return say.start(id, draft.evse, draft.token.trim());
    case "stop":
      return say.stop(id, view.open.find((it) => it.id === draft.session)?.evse ?? 0);
    case "reset":
      if (!draft.calm) return say.resetHard(id, open);
      return version === "1.6" ? say.resetCalm16(id, open) : say.resetCalm201(id, open);
    case "outOfService":
      return say.outOfService(part, openThere);
    case "intoService":
      return say.intoService(part);
    case "trigger":
      return say.trigger(id, words.commands.fields.messages[draft.message]);
  }
}

/** Undefined where the session to stop has ended meanwhile: there is nothing left to ask for. */
export function intentOf(choice: Choice, draft: Draft, view: StationView): Intent | undefined {
  switch (choice) {
    case "start":
      return { kind: "start", evse: draft.evse, token: draft.token.trim() };
    case "stop": {
      const session = view.open.find((it) => it.id === draft.session);
      return session === undefined ? undefined : { kind: "stop", wireId: session.wireId };
    }
    case "reset":
      return { kind: "reset", calm: draft.calm };
    case "outOfService":
    case "intoService":
      return { kind: "availability", evse: draft.evse, operative: choice === "intoService" };
    case "trigger":
      return { kind: "trigger", message: draft.message, evse: draft.evse };
  }
}
