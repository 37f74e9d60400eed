/** The message log of a station as far as the page holds it: followed at its head, and read on into its past. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { MessagesAsked } from "../api/station-api.ts";
import type { Message } from "../api/station-shapes.ts";
import { useServices } from "../shell/services.tsx";
import { MESSAGES_A_PAGE, MESSAGES_MAX, withNewest } from "./messages.ts";

/** The log itself is about a second behind. */
const AGAIN_MS = 3_000;

type Held = { readonly rows: readonly Message[]; readonly more: boolean };

export function useMessages(
  station: string,
  filter: Omit<MessagesAsked, "most" | "before">,
  follow: boolean,
) {
  const { api } = useServices();
  const queries = useQueryClient();
  const key = ["messages", station, filter];
  const head = useQuery({
    queryKey: key,
    queryFn: async (): Promise<Held> => {
      const page = await api.ofStation.messages(station, { ...filter, most: MESSAGES_A_PAGE });
      // Read after the answer is there: older ones may have come meanwhile.
      const held = queries.getQueryData<Held>(key);
      const rows = withNewest(held?.rows ?? [], page);
      const anew = held === undefined || rows === page;
      return { rows, more: anew ? page.length >= MESSAGES_A_PAGE : held.more };
    },
    refetchInterval: follow ? AGAIN_MS : false,
    structuralSharing: false,
  });
  const older = useMutation({
    mutationFn: async () => {
      const before = queries.getQueryData<Held>(key)?.rows.at(-1)?.id;
      if (before === undefined) return;
      const page = await api.ofStation.messages(station, { ...filter, before, most: MESSAGES_A_PAGE });
      queries.setQueryData<Held>(key, (held) => {
        if (held?.rows.at(-1)?.id !== before) return held;
        const rows = [...held.rows, ...page].slice(0, MESSAGES_MAX);
        return { rows, more: page.length >= MESSAGES_A_PAGE };
      });
    },
  });
  return { head, older };
}
