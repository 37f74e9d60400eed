/** Why it is done, as it is kept beside who did it. */
import { WHY_CHARS_MAX } from "../../energy/limits.ts";
import { UsageError } from "../arguments.ts";

/** `usual`: where nobody says why; absent: somebody has to. */
export function whyIn(given: string | undefined, usual = ""): string {
  const reason = given ?? usual;
  if (reason.length === 0 || reason.length > WHY_CHARS_MAX)
    throw new UsageError(`--why is ${usual === "" ? "needed: " : ""}1 to ${WHY_CHARS_MAX} characters`);
  return reason;
}
