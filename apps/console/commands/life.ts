/**
 * A command's life as steps that a person can follow: requested, sent, and how it ended, each with its instant. Every
 * life ends: what is not sent in time expires, what was sent and never answered becomes unknown (core/port.ts).
 */
import type { Command, Data } from "../api/shapes.ts";

export const commandStates = [
  "requested",
  "sent",
  "accepted",
  "refused",
  "failed",
  "expired",
  "unknown",
] as const;
export type CommandState = (typeof commandStates)[number];

export type Step = {
  readonly state: CommandState;
  readonly atMs: number | null;
  /** `ahead`: not reached yet. `now`: reached, and the life goes on. `done`: passed, or the end. */
  readonly reached: "done" | "now" | "ahead";
};

export function stateOfCommand(command: Command): CommandState {
  return commandStates.find((state) => state === command.state) ?? "unknown";
}

export const isOver = (command: Command): boolean => !["requested", "sent"].includes(stateOfCommand(command));

/** The steps of a life; the last is what it waits for, or how it ended. */
export function stepsOf(command: Command): readonly Step[] {
  const state = stateOfCommand(command);
  const over = isOver(command);
  const requested: Step = {
    state: "requested",
    atMs: command.requestedAtMs,
    reached: state === "requested" ? "now" : "done",
  };
  const end: Step = over
    ? { state, atMs: command.endedAtMs, reached: "done" }
    : { state: "accepted", atMs: null, reached: "ahead" };
  // What expired before it was sent has no such step.
  if (over && command.sentAtMs === null) return [requested, end];
  const sent: Step = {
    state: "sent",
    atMs: command.sentAtMs,
    reached: state === "sent" ? "now" : over ? "done" : "ahead",
  };
  return [requested, sent, end];
}

/**
 * The station's own words: its status and reason (2.0.1 statusInfo), or its error's code and description. Undefined
 * where it said nothing beyond yes.
 */
export function stationsWords(outcome: Data | null): string | undefined {
  if (outcome === null) return undefined;
  const info = asData(outcome.statusInfo);
  const words = [
    text(outcome.status),
    text(info?.reasonCode),
    text(info?.additionalInfo),
    text(outcome.code),
    text(outcome.description),
    text(outcome.reason),
  ].filter((word) => word !== undefined && word !== "");
  return words.length === 0 ? undefined : words.join(" · ");
}

function asData(value: unknown): Data | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : undefined;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
