/** GetLog (1.6 security whitepaper §4.4): tells an upload step by step; nothing is uploaded. */
import { uploading } from "../../station/errands.ts";
import { calling } from "../../station/typed.ts";
import { answering16 } from "../answering.ts";

export const getLog = answering16("GetLog", ({ logType, requestId }, { errands }) =>
  uploading(errands, `${logType}.log`, (status) =>
    calling<"1.6">()("LogStatusNotification", { status, requestId }),
  ),
);
