/** How a variable of the device model is named and what may be done with it (2.0.1 Part 1 §4, Part 2 §2). Pure. */
import type { Setting } from "../api/station-api.ts";
import type { Variable } from "../api/station-shapes.ts";

const within = (name: string, instance: string | null): string =>
  instance === null ? name : `${name} (${instance})`;

/** `Connector 1.2` and the like where it is of an EVSE; instances in brackets. */
export function componentOf({ component, componentInstance, evse, connector }: Variable): string {
  const name = within(component, componentInstance);
  if (evse === null || evse === 0) return name;
  return connector === null ? `${name} · EVSE ${evse}` : `${name} · EVSE ${evse}, connector ${connector}`;
}

/** `Actual` is what a variable is unless another attribute is named. */
export function variableOf({ variable, variableInstance, attribute }: Variable): string {
  const name = within(variable, variableInstance);
  return attribute === "Actual" ? name : `${name} [${attribute}]`;
}

/** What the station does not call read only may be tried. */
export const isEditable = ({ mutability, constant }: Variable): boolean =>
  mutability !== "ReadOnly" && constant !== true;

/** The choices that a list or a switch has; undefined where anything may be written. A `MemberList` or `SequenceList` takes several. */
export function choicesOf({ dataType, valuesList }: Variable): readonly string[] | undefined {
  if (dataType === "boolean") return ["true", "false"];
  if (dataType !== "OptionList" || valuesList === null) return undefined;
  const values = valuesList
    .split(",")
    .map((value) => value.trim())
    .filter(Boolean);
  return values.length === 0 ? undefined : values;
}

export const isNumber = ({ dataType }: Variable): boolean => dataType === "integer" || dataType === "decimal";

/** In the words of the door that sets it. */
export function settingOf(row: Variable, value: string): Setting {
  const { component, componentInstance, evse, connector, variable, variableInstance, attribute } = row;
  return {
    component,
    ...(componentInstance !== null && { componentInstance }),
    ...(evse !== null && { evse }),
    ...(connector !== null && { connector }),
    variable,
    ...(variableInstance !== null && { variableInstance }),
    ...(attribute !== "Actual" && { attribute }),
    value,
  };
}
