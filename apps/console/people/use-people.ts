/** Everybody, asked for again while somebody looks; and the names behind ids, for whoever may not see more. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useServices } from "../shell/services.tsx";

const AGAIN_MS = 15_000;
/** Names change seldom. */
const NAMES_KEPT_MS = 60_000;

export function usePeople(enabled = true) {
  const { api } = useServices();
  const queryFn = () => api.manage.people();
  return useQuery({ queryKey: ["people"], queryFn, refetchInterval: AGAIN_MS, enabled });
}

/** To be called once something was changed: all that is shown of people is asked for again. */
export function usePeopleChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["people"] });
}

/** The name that belongs to an id; the id itself where nobody has it, as for what a command line did. */
export function useNameOf(): (id: string) => string {
  const { api } = useServices();
  const queryFn = () => api.ofStation.names();
  const names = useQuery({ queryKey: ["people", "names"], queryFn, staleTime: NAMES_KEPT_MS });
  return (id) => names.data?.find((person) => person.id === id)?.name ?? id;
}
