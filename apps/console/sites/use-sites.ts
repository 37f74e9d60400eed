/** The sites this person may see, asked for again every half minute while somebody looks. */
import { useQuery } from "@tanstack/react-query";
import { useServices } from "../shell/services.tsx";

const AGAIN_MS = 30_000;

export function useSites() {
  const { api } = useServices();
  return useQuery({ queryKey: ["sites"], queryFn: api.sites, refetchInterval: AGAIN_MS });
}
