/** SignedUpdateFirmware (1.6 security whitepaper §4.6): told step by step; the signature is not looked at. */
import { calling } from "../../station/typed.ts";
import { answering16 } from "../answering.ts";

const call = calling<"1.6">();
const words = ["Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed"] as const;

export const signedUpdateFirmware = answering16("SignedUpdateFirmware", ({ requestId }, { errands }) => {
  const steps = words.map((status) => call("SignedFirmwareStatusNotification", { status, requestId }));
  const before = errands.now("signed-firmware");
  return {
    payload: { status: before === undefined ? "Accepted" : "AcceptedCanceled" },
    after: () => void errands.begin("signed-firmware", steps),
  };
});
