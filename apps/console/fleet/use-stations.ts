/** Every station, asked for again while somebody looks: the table is a picture of some seconds ago, not live. */
import { useQuery } from "@tanstack/react-query";
import { useServices } from "../shell/services.tsx";

const AGAIN_MS = 15_000;

export function useStations() {
  const { api } = useServices();
  return useQuery({ queryKey: ["stations"], queryFn: () => api.allStations(), refetchInterval: AGAIN_MS });
}
