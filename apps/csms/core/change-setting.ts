/** A setting is changed by a person, within its limits. */
import { shown } from "@wattward/kernel";
import type { Decision } from "./decision.ts";
import { observe } from "./observations.ts";
import { changedKey, type Setting, settings, writeMeta } from "./settings.ts";

export const changeSetting: Decision<"setting.set"> = async (tx, { name, value, atMs, actor }) => {
  if (!isSetting(name)) {
    const known = Object.keys(settings).join(", ");
    return { kind: "refused", sentence: `there is no setting '${shown(name)}'; there are ${known}` };
  }
  const { least, most } = settings[name];
  if (!Number.isInteger(value) || value < least || value > most) {
    return { kind: "refused", sentence: `${name} is a whole number from ${least} to ${most}, not ${value}` };
  }
  await tx.run(writeMeta, { key: name, value: String(value) });
  await tx.run(writeMeta, { key: changedKey(name), value: JSON.stringify({ atMs, by: actor }) });
  observe(tx, { kind: "setting.set", source: "person", atMs, data: { name, value, actor } });
  return { kind: "set" };
};

const isSetting = (name: string): name is Setting => Object.hasOwn(settings, name);
