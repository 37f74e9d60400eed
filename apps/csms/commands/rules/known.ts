/** Numbers and words that a station's device model gives: its limits, where it has said them. */
import { placeOfKey, type VariablePlace } from "../../stations/configuration-keys.ts";
import { knownVariable } from "../../stations/variables.ts";
import type { Tx } from "../../store/writer.ts";

type From = { readonly tx: Pick<Tx, "all">; readonly station: string };

export const place = (component: string, name: string, instance?: string): VariablePlace => ({
  component: { name: component },
  variable: instance === undefined ? { name } : { name, instance },
});

export async function knownText({ tx, station }: From, at: VariablePlace): Promise<string | undefined> {
  return (await knownVariable(tx, station, at))?.value ?? undefined;
}

/** A whole number above 0; undefined where the station has said none. */
export async function knownCount(from: From, at: VariablePlace): Promise<number | undefined> {
  return countIn(await knownText(from, at));
}

/** How many there may be: 2.x says so as the limit of a variable, 1.6 in a key of its own. */
export async function knownMost({ tx, station }: From, at: VariablePlace): Promise<number | undefined> {
  const limit = countIn((await knownVariable(tx, station, at))?.max_limit ?? undefined);
  return limit ?? (await knownCount({ tx, station }, { ...at, attribute: "MaxSet" }));
}

/** Members of a list, in lower case; undefined where the station has said none. */
export async function knownList(from: From, at: VariablePlace): Promise<readonly string[] | undefined> {
  const text = await knownText(from, at);
  if (text === undefined || text.trim() === "") return undefined;
  return text.split(",").map((member) => member.trim().toLowerCase());
}

export const knownKey = (from: From, key: string) => knownText(from, placeOfKey(key));

function countIn(text: string | undefined): number | undefined {
  const count = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}
