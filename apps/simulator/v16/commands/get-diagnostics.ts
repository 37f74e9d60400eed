/** GetDiagnostics (1.6 §5.9): tells an upload step by step; nothing is uploaded. */
import { calling } from "../../station/typed.ts";
import { answering16 } from "../answering.ts";

const call = calling<"1.6">();
const steps = [
  call("DiagnosticsStatusNotification", { status: "Uploading" }),
  call("DiagnosticsStatusNotification", { status: "Uploaded" }),
];

export const getDiagnostics = answering16("GetDiagnostics", (_request, station) => ({
  payload: { fileName: "diagnostics.log" },
  after: () => void station.errands.begin("diagnostics", steps),
}));
