/** ChangeConfiguration (1.6 §5.3). */
import { answering16 } from "../answering.ts";

export const changeConfiguration = answering16("ChangeConfiguration", async ({ key, value }, station) => {
  const listed = station.settings().find((each) => each.key?.toLowerCase() === key.toLowerCase());
  if (listed === undefined) return { payload: { status: "NotSupported" } };
  const result = await station.set(listed.name, value);
  return { payload: { status: result === "accepted" ? "Accepted" : "Rejected" } };
});
