/**
 * The core as one of several nodes has it: nothing is decided without a lease. The lease is asked on this process's own
 * clock before each decision, and by the database in each commit; whichever says no first, it is lost for all.
 */
import { type Core, CoreError } from "../core/port.ts";
import type { Membership } from "./membership.ts";

export function fencedCore(core: Core, node: Pick<Membership, "stands" | "refused">): Core {
  return {
    async decide(name, input) {
      if (!node.stands())
        throw new CoreError("fenced", "this node has no lease on the database; ask another");
      try {
        return await core.decide(name, input);
      } catch (error) {
        if (error instanceof CoreError && error.kind === "fenced") node.refused();
        throw error;
      }
    },
    query: (name, input) => core.query(name, input),
    onCommitted: (listener) => core.onCommitted(listener),
    close: () => core.close(),
  };
}
