/** Every version of a site's document: who wrote it, when and why; an older one can be put back into the editor. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Trouble } from "../dialog/confirm.tsx";
import { Panel } from "../display/panel.tsx";
import { At } from "../display/time.tsx";
import { useNameOf } from "../people/use-people.ts";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import styles from "./versions.module.css";

const say = words.energy.document;
const SHOWN = 20;

type Props = {
  readonly site: string;
  /** Its number is part of the question: a new one asks again. */
  readonly newest: number;
  /** Where undefined, nobody may write. */
  readonly put: ((text: string) => void) | undefined;
};

export function Versions({ site, newest, put }: Props) {
  const { api } = useServices();
  const nameOf = useNameOf();
  const versions = useQuery({
    queryKey: ["site-energy-versions", site, newest],
    queryFn: () => api.energy.versions(site, SHOWN),
    placeholderData: (before) => before,
  });
  const open = useMutation({
    mutationFn: (version: number) => api.energy.version(site, version),
    onSuccess: ({ text }) => put?.(text),
  });
  if (versions.data === undefined || versions.data.length < 2) return null;
  return (
    <Panel title={say.versions}>
      {open.error !== null && <Trouble error={open.error} />}
      <ul className={styles.list}>
        {versions.data.map(({ version, atMs, actor, reason, managed }) => (
          <li key={version}>
            <span className={styles.number}>{version}</span>
            <span className={styles.why}>
              {reason || say.noReason}
              {!managed && <em> {say.ended}</em>}
              <span className={styles.who}>
                <At atMs={atMs} /> {say.by(nameOf(actor))}
              </span>
            </span>
            {put !== undefined && managed && version !== newest && (
              <Button
                size="compact-sm"
                variant="subtle"
                aria-label={say.putBackOf(version)}
                disabled={open.isPending}
                onClick={() => open.mutate(version)}
              >
                {say.putBack}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
