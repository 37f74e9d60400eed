/**
 * What a child of the supervisor may say beyond that it lives: by its row of the table, and no more. One that is broken into can neither
 * open a station's port, nor set the others' time, nor observe in another's name.
 */
import type { ChildMessage, HandedOn } from "./protocol.ts";

export type Rights = {
  /** The one that the stations' listeners are with. */
  readonly vital: boolean;
  /** What it may have handed on to the others. */
  readonly hands?: HandedOn["kind"];
};

export function maySay({ vital, hands }: Rights, { kind }: ChildMessage): boolean {
  switch (kind) {
    case "beat":
    case "listening":
    case "cannot-run":
      return true;
    case "password-port":
    case "upstreams":
      return vital;
    case "observed":
    case "wall":
      return kind === hands;
  }
}
