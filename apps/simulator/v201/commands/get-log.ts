/** GetLog (N01): tells an upload step by step; nothing is uploaded. A second one ends the first (N01.FR.12). */
import { calling } from "../../station/typed.ts";
import { answering201 } from "../answering.ts";

const call = calling<"2.0.1">();

export const getLog = answering201("GetLog", ({ logType, requestId }, { errands }) => {
  const steps = (["Uploading", "Uploaded"] as const).map((status) =>
    call("LogStatusNotification", { status, requestId }),
  );
  const before = errands.now("log");
  return {
    payload: { status: before === undefined ? "Accepted" : "AcceptedCanceled", filename: `${logType}.log` },
    after: () => void errands.begin("log", steps),
  };
});
