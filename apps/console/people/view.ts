/** What the page of people decides: who is shown, when they were last here, and who must not go. Pure. */
import type { PeopleView, Person } from "../api/manage-api.ts";

export const ADMINISTRATOR = "administrator";
export const NO_ROLE = "none";
export const roles: readonly string[] = ["viewer", "operator", "administrator"];

/** The higher, the more they may; below all of them whoever has left. */
export const rankOf = (role: string): number => roles.indexOf(role);

export type Who = "people" | "programs" | "left";

/** Those of one filter; without one all who may do something. */
export const shownBy = (people: readonly Person[], who: Who | undefined): readonly Person[] =>
  people.filter((person) => {
    if (who === "left" || person.role === NO_ROLE) return who === "left" && person.role === NO_ROLE;
    if (who === undefined) return true;
    return (person.kind === "service") === (who === "programs");
  });

/** When they were last seen to come in; null where that was never, or is no longer known. */
export function lastSeenMs({ passkeys, sessions }: Person): number | null {
  const seen = [
    ...passkeys.flatMap(({ usedAtMs }) => usedAtMs ?? []),
    ...sessions.filter(({ kind }) => kind === "cookie").map(({ openedAtMs }) => openedAtMs),
  ];
  return seen.length === 0 ? null : Math.max(...seen);
}

/** Would nobody who can sign in be administrator without that person, or that passkey? */
export function leavesNobody(
  { people }: Pick<PeopleView, "people">,
  without: { readonly person?: string; readonly passkey?: string },
): boolean {
  const touched = people.find(
    ({ id, passkeys }) => id === without.person || passkeys.some((key) => key.id === without.passkey),
  );
  if (touched?.role !== ADMINISTRATOR) return false;
  return !people.some(
    ({ id, role, passkeys }) =>
      role === ADMINISTRATOR && id !== without.person && passkeys.some((key) => key.id !== without.passkey),
  );
}
