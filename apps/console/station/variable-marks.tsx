/** A variable's value and what may be done with it, the same in the list and beside it. */
import type { Variable } from "../api/station-shapes.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import styles from "./variables.module.css";

const say = words.stationPage.variables;

/** A value that is not shown was never told, or is one that nobody gets to read. */
export function Value({ of: { value, unit, mutability } }: { of: Variable }) {
  if (value === null) {
    return <span className={styles.dim}>{mutability === "WriteOnly" ? say.hidden : say.noValue}</span>;
  }
  return (
    <>
      {value}
      {unit !== null && value !== "" && <span className={styles.dim}> {unit}</span>}
    </>
  );
}
export const accessOf = ({ mutability }: Variable): string =>
  mutability === null ? say.accessUnknown : (named(say.access, mutability) ?? mutability);
