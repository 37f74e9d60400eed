/**
 * Numbers with their unit at the precision that matters. Unknown is a dash, never a zero; a quantity is split in
 * figure and unit so that the unit can be set smaller.
 */
export type Quantity = { readonly figure: string; readonly unit: string };

/** Shown for what is not known. */
export const dash = "–";

const oneDigit = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const threeDigits = new Intl.NumberFormat("en", { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const noDigit = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Power in kW: one digit below 1,000 kW, none above. */
export function power(powerW: number | null | undefined): Quantity {
  if (powerW === null || powerW === undefined) return { figure: dash, unit: "kW" };
  const kW = powerW / 1000;
  return { figure: signed(Math.abs(kW) < 999.95 ? oneDigit : noDigit, kW), unit: "kW" };
}

/** Energy in kWh: two digits below 10 kWh, so that a short session is not nothing, then one; MWh from 10,000 kWh. */
export function energy(energyWh: number | null | undefined): Quantity {
  if (energyWh === null || energyWh === undefined) return { figure: dash, unit: "kWh" };
  if (Math.abs(energyWh) >= 10_000_000)
    return { figure: signed(oneDigit, energyWh / 1_000_000), unit: "MWh" };
  return { figure: signed(Math.abs(energyWh) < 9_995 ? twoDigits : oneDigit, energyWh / 1000), unit: "kWh" };
}

/** A meter's register in kWh to the Wh: two of them are compared, and billed. */
export function register(meterWh: number | null | undefined): Quantity {
  if (meterWh === null || meterWh === undefined) return { figure: dash, unit: "kWh" };
  return { figure: signed(threeDigits, meterWh / 1000), unit: "kWh" };
}

export const written = (quantity: Quantity): string =>
  quantity.figure === dash ? dash : `${quantity.figure} ${quantity.unit}`;

/** A true minus sign, and no "-0.0" for what rounds to nothing. */
function signed(format: Intl.NumberFormat, value: number): string {
  return format
    .format(value)
    .replace(/^-(?=0(?:\.0+)?$)/, "")
    .replace("-", "−");
}

/** The end of an axis that holds `most`: a small round number times a power of ten, at least `least`. */
export function roundScale(most: number, least: number): number {
  const wanted = Math.max(most, least);
  const magnitude = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((times) => times * magnitude >= wanted - 1e-9);
  return (step ?? 10) * magnitude;
}
