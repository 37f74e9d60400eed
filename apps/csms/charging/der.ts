/**
 * Distributed energy resources (2.1 R04, R05): the grid controls that a station has, which of them run, and when the
 * grid makes it deviate. The newest of each, in the station's words.
 */
import type { RequestOf } from "@wattward/ocpp";
import type { Call } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import { subjects, tell } from "../stations/told.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";

/** One alarm at a time, by kind of control; the next takes over from it (R05.FR.03, R05.FR.04). */
export async function takeAlarm(tx: Tx, call: Call<RequestOf<"2.1", "NotifyDERAlarm">>): Promise<void> {
  const { controlType: control, gridEventFault, alarmEnded: ended = false } = call.payload;
  const { customData: _, ...body } = call.payload;
  await tell(tx, call, { subject: "der-alarm", about: control, body, ended });
  const data = { control, fault: gridEventFault ?? null, ended };
  observe(tx, { ...headOf(call), kind: "station.der-alarm", data });
}

/** A control that starts supersedes others, which have stopped by that (R04.FR.21). */
export async function takeStartStop(
  tx: Tx,
  call: Call<RequestOf<"2.1", "NotifyDERStartStop">>,
): Promise<void> {
  const { controlId: control, started, timestamp, supersededIds = [] } = call.payload;
  const about = [...new Set(supersededIds)].filter((id) => id !== control);
  for (const id of about.slice(0, subjects["der-running"])) {
    await tell(tx, call, {
      subject: "der-running",
      about: id,
      body: { timestamp, supersededBy: control },
      ended: true,
    });
  }
  await tell(tx, call, { subject: "der-running", about: control, body: { timestamp }, ended: !started });
  const data = { control, started, superseded: about.length };
  observe(tx, { ...headOf(call), kind: "station.der-control", data });
}

type Report = RequestOf<"2.1", "ReportDERControl">;
/** The lists of a report, by the field that has them. */
const lists = [
  "curve",
  "enterService",
  "fixedPFAbsorb",
  "fixedPFInject",
  "fixedVar",
  "freqDroop",
  "gradient",
  "limitMaxDischarge",
] as const satisfies readonly (keyof Report)[];

export async function takeControls(tx: Tx, call: Call<Report>): Promise<void> {
  const { requestId, tbc } = call.payload;
  const told = lists.flatMap((kind) => (call.payload[kind] ?? []).map((control) => ({ kind, ...control })));
  for (const body of told.slice(0, subjects["der-control"])) {
    await tell(tx, call, { subject: "der-control", about: body.id, body });
  }
  observe(tx, {
    ...headOf(call),
    kind: "station.der-controls",
    data: { requestId, more: tbc ?? false, controls: told.length },
  });
}
