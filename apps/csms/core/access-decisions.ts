/** Decisions about people and programs: who joins, with what they come in, and when that is over. */
import type { Handled, PersonJoin } from "./crossing.ts";

export type AccessDecisions = {
  "person.invite": {
    input: { hash: string; role: string; expiresAtMs: number; atMs: number; actor?: string };
    output: undefined;
  };
  /** An invitation that nobody has used is good no more. */
  "invitation.withdraw": { input: Handled; output: { kind: "withdrawn" | "unknown" } };
  /** Another role, at once; never for the last administrator who can sign in. */
  "person.change": {
    input: Handled & { role: string };
    output: { kind: "changed" | "unchanged" | "unknown" | "last-administrator" };
  };
  /** They leave: no role, no passkey, no session, no token. The name stays where they acted. */
  "person.remove": {
    input: Handled;
    output: { kind: "removed" | "unchanged" | "unknown" | "last-administrator" };
  };
  /** Another passkey of a person who is signed in: refused where it is somebody's already, or nobody's role is left. */
  "passkey.add": {
    input: { person: string; passkey: PersonJoin["passkey"]; atMs: number };
    output: { kind: "added" | "refused" };
  };
  /** Their sessions stay: end those that should not. */
  "passkey.remove": { input: Handled; output: { kind: "removed" | "unknown" | "last-administrator" } };
  /** A browser's session or a token is over; by the id that Queries `people.list` gives it. */
  "session.end": { input: Handled; output: { kind: "ended" | "unknown" } };
  "person.join": {
    input: PersonJoin;
    output: { kind: "joined"; person: string } | { kind: "refused"; reason: "invitation" };
  };
  "session.open": {
    input: {
      hash: string;
      person: string;
      kind: "cookie" | "token";
      name: string;
      expiresAtMs: number;
      atMs: number;
      passkey?: { id: string; counter: number };
    };
    output: undefined;
  };
  /** A token for a program: finds or makes the service account of that name, and opens a session of kind `token`. */
  "service.token": {
    input: { name: string; role: string; hash: string; expiresAtMs: number; atMs: number };
    output: { person: string };
  };
  "session.close": { input: { hash: string; atMs: number }; output: undefined };
};
