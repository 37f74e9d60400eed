/** GetConfiguration (1.6 §5.8): the keys asked for, or all. Keys are compared without case (CiString). */
import type { Listed } from "../../station/settings.ts";
import { tooMany } from "../../station/typed.ts";
import { answering16 } from "../answering.ts";

const shown = ({ key, readonly, value }: Listed & { key: string }) => ({ key, readonly, value });

export const getConfiguration = answering16("GetConfiguration", ({ key: asked = [] }, station) => {
  const refused = tooMany(asked.length, station.number("getKeysMax"), "keys");
  if (refused !== undefined) return refused;
  const known = station.settings().filter((listed) => hasKey(listed));
  if (asked.length === 0) return { payload: { configurationKey: known.map(shown) } };
  const find = (key: string) => known.find((each) => each.key.toLowerCase() === key.toLowerCase());
  const found = asked.map(find).filter((each) => each !== undefined);
  const unknownKey = asked.filter((key) => find(key) === undefined);
  return { payload: { configurationKey: found.map(shown), unknownKey } };
});

const hasKey = (listed: Listed): listed is Listed & { key: string } => listed.key !== undefined;
