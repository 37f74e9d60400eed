/** Who is signed in, for pages below the frame, which has asked already. */
import { useQuery } from "@tanstack/react-query";
import type { Me } from "../api/shapes.ts";
import { useServices } from "./services.tsx";

export function useMe(): Me | undefined {
  const { api } = useServices();
  return useQuery({ queryKey: ["me"], queryFn: api.me, staleTime: Number.POSITIVE_INFINITY }).data;
}

export const isAdministrator = (me: Me | undefined): boolean => me?.role === "administrator";
