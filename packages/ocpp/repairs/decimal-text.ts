/** Numbers and their decimal text, where one stands for the other (QUIRKS 4, 5). Never an exponent, a sign of plus, a blank. */
import type { Json } from "@wattward/kernel";

const decimal = /^-?\d{1,18}(\.\d{1,12})?$/;

/** The text of a finite number without exponent; undefined for anything else. */
export function decimalText(value: Json): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  const text = String(value);
  return decimal.test(text) ? text : undefined;
}

/** The number that a decimal text names; undefined where it is none, or has more digits than a number keeps. */
export function decimalNumber(value: Json): number | undefined {
  if (typeof value !== "string" || !decimal.test(value)) return undefined;
  const digits = value.replace(/[-.]/g, "").replace(/^0+/, "");
  return digits.length <= 15 ? Number(value) : undefined;
}
