/** UpdateFirmware (1.6 §5.19): tells an update step by step, from the asked time on; the firmware stays as it is. */
import { wireTimeMs } from "../../station/dialect.ts";
import { calling } from "../../station/typed.ts";
import { answering16 } from "../answering.ts";

const call = calling<"1.6">();
const steps = (["Downloading", "Downloaded", "Installing", "Installed"] as const).map((status) =>
  call("FirmwareStatusNotification", { status }),
);

export const updateFirmware = answering16("UpdateFirmware", ({ retrieveDate }, station) => {
  const afterMs = Math.max(0, wireTimeMs(retrieveDate) - station.nowMs());
  return { payload: {}, after: () => void station.errands.begin("firmware", steps, afterMs) };
});
