/** One command just given, followed until it ends: its steps, and the station's own words. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Life } from "../commands/command-history.tsx";
import { isOver } from "../commands/life.ts";
import { Failed } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import styles from "./ask.module.css";

const AGAIN_MS = 1_000;

/** `done` is told once, when it has ended, however it did. */
export function CommandLife({ id, done }: { id: string; done?: () => void }) {
  const { api } = useServices();
  const command = useQuery({
    queryKey: ["command", id],
    queryFn: () => api.ofStation.command(id),
    refetchInterval: ({ state }) => (state.data !== undefined && isOver(state.data) ? false : AGAIN_MS),
  });
  const over = command.data !== undefined && isOver(command.data);
  const tell = useRef(done);
  tell.current = done;
  useEffect(() => {
    if (over) tell.current?.();
  }, [over]);
  if (command.data === undefined) {
    if (command.error !== null) return <Failed error={command.error} retry={() => void command.refetch()} />;
    return <p role="status">{words.loading}</p>;
  }
  return (
    <div className={styles.life} role="status">
      <Life command={command.data} />
    </div>
  );
}
