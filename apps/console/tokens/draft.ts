/**
 * A token as it is being added: what is wrong with it before it is sent, and what a token is now. OCPP 2.x takes at
 * most 36 characters (IdTokenType). Pure.
 */
import type { Card } from "../api/shapes.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";

export const TOKEN_CHARS_MAX = 36;

/** `lastDay` as 2026-01-31, empty for no end. */
export type Draft = { readonly token: string; readonly lastDay: string };
export type Faults = { readonly token?: string; readonly lastDay?: string };

/** `known`: whole tokens that there are, compared without case. `nowMs`: to tell a day that is over. */
export function faultsOf({ token: typed, lastDay }: Draft, known: readonly Card[], nowMs: number): Faults {
  const say = words.tokens;
  const token = typed.trim();
  const same = known.find((card) => card.token.toLowerCase() === token.toLowerCase());
  const fault =
    token === ""
      ? say.tokenMissing
      : token.length > TOKEN_CHARS_MAX
        ? say.tokenLong(TOKEN_CHARS_MAX)
        : !/^[\x21-\x7e]+$/.test(token)
          ? say.tokenSigns
          : same === undefined
            ? undefined
            : say.tokenKnown(named(say.status, statusOf(same, nowMs)) ?? same.status);
  const over = lastDay !== "" && endOf(lastDay) <= nowMs;
  return { ...(fault === undefined ? {} : { token: fault }), ...(over ? { lastDay: say.expiresPast } : {}) };
}

/** The end of a day in the browser's zone: until then the token may charge. */
export function endOf(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + 1).getTime();
}

/** Past its end a token is expired, whatever stands in the list. */
export function statusOf({ status, expiresAtMs }: Card, nowMs: number): string {
  return status === "Accepted" && expiresAtMs !== null && expiresAtMs <= nowMs ? "Expired" : status;
}

/** What is sent to let it charge again: its end stays, unless that is over. */
export const accepted = ({ expiresAtMs }: Card, nowMs: number) => ({
  status: "Accepted",
  ...(expiresAtMs === null || expiresAtMs <= nowMs ? {} : { expiresAtMs }),
});
export const blocked = ({ expiresAtMs }: Card) => ({
  status: "Blocked",
  ...(expiresAtMs === null ? {} : { expiresAtMs }),
});
