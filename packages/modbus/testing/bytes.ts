/** `"00 0a ff"` as bytes; what is no hexadecimal throws, because a test has a slip then. */
export function bytesOf(hexadecimal: string): Uint8Array {
  const digits = hexadecimal.replace(/\s/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new RangeError(`not hexadecimal: ${hexadecimal}`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

/** The inverse: `00 0a ff`. */
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
