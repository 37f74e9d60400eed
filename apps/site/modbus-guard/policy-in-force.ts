/** A policy as it comes in the bundle, judged whole before it is in force; what its predecessor knows of the devices goes on being known. */
import { checkPolicy, type Inherited, ModbusGuard } from "@wattward/guard";
import { failed, ok, type Result } from "@wattward/kernel";

/** The verdicts of a policy's text (JSON); or a sentence that says where the text is wrong. */
export function policyInForce(
  text: string,
  before: ModbusGuard | undefined,
  inherited?: Inherited,
): Result<ModbusGuard, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
  const checked = checkPolicy(value);
  if (checked.ok) return ok(new ModbusGuard(checked.value, before, inherited));
  const [first, ...others] = checked.fault;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return failed(`${first?.path ?? ""}: ${first?.sentence ?? "it cannot be read"}${more}`);
}
