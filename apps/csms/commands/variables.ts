/** What the answers to GetConfiguration (1.6 §5.8) and GetVariables (2.0.1 B06) say of a station's variables. */
import type { JsonObject } from "@wattward/kernel";
import { type ResponseOf, validateResult } from "@wattward/ocpp";
import { componentName, storeVariables, type Variable, variableName } from "../stations/variables.ts";
import type { Tx } from "../store/writer.ts";
import type { Command } from "./rows.ts";

/** An answer that is not what its schema says is left as the command's outcome, and read no further. */
export async function rememberVariables(
  tx: Tx,
  command: Command,
  outcome: JsonObject,
  atMs: number,
): Promise<void> {
  if (command.action === "GetConfiguration") {
    const answer = validateResult("1.6", "station", "GetConfiguration", outcome);
    if (answer.kind === "valid") await storeVariables(tx, command.station_id, keys(answer.payload, atMs));
  }
  if (command.action === "GetVariables") {
    const answer = validateResult("2.0.1", "station", "GetVariables", outcome);
    if (answer.kind === "valid")
      await storeVariables(tx, command.station_id, variables(answer.payload, atMs));
  }
}

/** 1.6 keys have no component (one device model comes later). */
const keys = (answer: ResponseOf<"1.6", "GetConfiguration">, atMs: number): Variable[] =>
  (answer.configurationKey ?? []).map(({ key, value, readonly }) => ({
    component: "",
    variable: key,
    attribute: "Actual",
    value: value ?? null,
    readonly: readonly ? 1 : 0,
    read_at_ms: atMs,
  }));

const variables = (answer: ResponseOf<"2.0.1", "GetVariables">, atMs: number): Variable[] =>
  answer.getVariableResult
    .filter(({ attributeStatus }) => attributeStatus === "Accepted")
    .map((got) => ({
      component: componentName(got.component),
      variable: variableName(got.variable),
      attribute: got.attributeType ?? "Actual",
      value: got.attributeValue ?? null,
      readonly: 0,
      read_at_ms: atMs,
    }));
