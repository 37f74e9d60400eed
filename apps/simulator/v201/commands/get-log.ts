/** GetLog (N01): tells an upload step by step; nothing is uploaded. A second one ends the first (N01.FR.12). */
import { uploading } from "../../station/errands.ts";
import { calling } from "../../station/typed.ts";
import { answering201 } from "../answering.ts";

export const getLog = answering201("GetLog", ({ logType, requestId }, { errands }) =>
  uploading(errands, `${logType}.log`, (status) =>
    calling<"2.0.1">()("LogStatusNotification", { status, requestId }),
  ),
);
