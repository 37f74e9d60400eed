/**
 * One peer at several addresses, as the nodes of a central system are: each dial begins with the address after the one
 * that was dialled last, and tries each once. So whoever lost a connection goes elsewhere first: what it was connected to
 * may be dead, stopped or cut off without knowing it, and still accept.
 */

import type { Result } from "./result.ts";
import type { Dialer, DialFault, Wire } from "./wire.ts";

/** Fails as the last of them failed. With one address it is that dialer. */
export function dialInTurn(first: Dialer, ...others: readonly Dialer[]): Dialer {
  if (others.length === 0) return first;
  const dialers = [first, ...others];
  let turn = 0;
  const dialOne = (path: string, protocols: readonly string[]): Promise<Result<Wire, DialFault>> => {
    const dialler = dialers[turn % dialers.length] ?? first;
    turn = (turn + 1) % dialers.length;
    return dialler.dial(path, protocols);
  };
  return {
    async dial(path, protocols) {
      let dialled = await dialOne(path, protocols);
      for (let tried = 1; !dialled.ok && tried < dialers.length; tried += 1) {
        dialled = await dialOne(path, protocols);
      }
      return dialled;
    },
  };
}
