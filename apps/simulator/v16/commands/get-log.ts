/** GetLog (1.6 security whitepaper §4.4): tells an upload step by step; nothing is uploaded. */
import { calling } from "../../station/typed.ts";
import { answering16 } from "../answering.ts";

const call = calling<"1.6">();

export const getLog = answering16("GetLog", ({ logType, requestId }, { errands }) => {
  const steps = (["Uploading", "Uploaded"] as const).map((status) =>
    call("LogStatusNotification", { status, requestId }),
  );
  const before = errands.now("log");
  return {
    payload: { status: before === undefined ? "Accepted" : "AcceptedCanceled", filename: `${logType}.log` },
    after: () => void errands.begin("log", steps),
  };
});
