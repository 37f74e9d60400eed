/** UpdateFirmware (L01, L02): tells an update step by step, from the asked time on; the firmware stays as it is. */
import { wireTimeMs } from "../../station/dialect.ts";
import { calling } from "../../station/typed.ts";
import { answering201 } from "../answering.ts";

const call = calling<"2.0.1">();
const words = ["Downloading", "Downloaded", "Installing", "Installed"] as const;

export const updateFirmware = answering201("UpdateFirmware", ({ firmware, requestId }, station) => {
  const steps = words.map((status) => call("FirmwareStatusNotification", { status, requestId }));
  const afterMs = Math.max(0, wireTimeMs(firmware.retrieveDateTime) - station.nowMs());
  const before = station.errands.now("firmware");
  return {
    payload: { status: before === undefined ? "Accepted" : "AcceptedCanceled" },
    after: () => void station.errands.begin("firmware", steps, afterMs),
  };
});
