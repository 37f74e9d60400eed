/**
 * GetReport (B08): the variables that are named, of the components that match a criterion; each may be absent. A named
 * component without EVSE stands for itself everywhere, a name without variable for all of its variables.
 */
import type { RequestOf } from "@wattward/ocpp";
import { tooLong, tooMany } from "../../station/typed.ts";
import { answering201 } from "../answering.ts";
import { deviceModel, type Entry, notifyReports, same } from "../variables.ts";

type Request = RequestOf<"2.0.1", "GetReport">;
type Named = NonNullable<Request["componentVariable"]>[number];
type Criterion = NonNullable<Request["componentCriteria"]>[number];

export const getReport = answering201("GetReport", (request, station) => {
  const { componentCriteria, componentVariable, requestId } = request;
  const refused =
    tooMany(componentVariable?.length ?? 0, station.number("getReportMax"), "variables") ??
    tooLong(request, station.number("getReportBytesMax"));
  if (refused !== undefined) return refused;
  const model = deviceModel(station);
  const found = model
    .filter((entry) => componentVariable?.some((named) => isNamed(entry, named)) ?? true)
    .filter((entry) => componentCriteria?.some((criterion) => meets(entry, criterion, model)) ?? true);
  if (found.length === 0) return { payload: { status: "EmptyResultSet" } };
  const reports = notifyReports(found, requestId, station.timestamp());
  return {
    payload: { status: "Accepted" },
    after: () => {
      for (const report of reports) station.send(report);
    },
  };
});

/** B08.FR.20 to .25. */
function isNamed({ component, variable }: Entry, named: Named): boolean {
  const { evse, instance, name } = named.component;
  return (
    same(component.name, name) &&
    (instance === undefined || same(component.instance, instance)) &&
    (evse === undefined || component.evse?.id === evse.id) &&
    (evse?.connectorId === undefined || component.evse?.connectorId === evse.connectorId) &&
    (named.variable === undefined || same(variable.name, named.variable.name)) &&
    (named.variable?.instance === undefined || same(variable.instance, named.variable.instance))
  );
}

/** B08.FR.07 to .10: a component without the variable counts as active, available and enabled, and has no problem. */
function meets({ component }: Entry, criterion: Criterion, model: readonly Entry[]): boolean {
  const said = model.find(
    (each) =>
      JSON.stringify(each.component) === JSON.stringify(component) && same(each.variable.name, criterion),
  );
  return said === undefined ? criterion !== "Problem" : said.value === "true";
}
