/** Whose word about a connection's origin is taken, as an operator lists them: PROXY headers, ADR 31. */
import { readRange } from "@wattward/kernel";

/**
 * Addresses and ranges, with commas between; none where the option was not given. `fault`: why the list is refused.
 * Everybody is no list: whoever connects could then name the address that he is counted and shed by.
 */
export function proxiesIn(
  list: string | undefined,
  option: string,
): { readonly proxies: readonly string[] } | { readonly fault: string } {
  const proxies = list?.split(",").map((one) => one.trim()) ?? [];
  for (const one of proxies) {
    const range = readRange(one);
    if (range === undefined) {
      return { fault: `${option}: '${one}' is neither an address nor a range such as 10.0.0.0/8` };
    }
    if (range.bits === 0) {
      return {
        fault: `${option}: '${one}' is everybody, and then anybody could say whose connection it is: name the proxies`,
      };
    }
  }
  return { proxies };
}
