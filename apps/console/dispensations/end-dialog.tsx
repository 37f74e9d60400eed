/** Ends a dispensation, after saying which connection closes with it. */
import { useQuery } from "@tanstack/react-query";
import type { Dispensation } from "../api/manage-api.ts";
import { ConfirmDialog } from "../dialog/confirm.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";

const say = words.dispensations.end;

type Props = {
  readonly dispensation: Dispensation;
  readonly changed: () => Promise<void>;
  readonly close: () => void;
};

export function EndDialog({ dispensation: { station }, changed, close }: Props) {
  const { api } = useServices();
  const { data } = useQuery({ queryKey: ["station", station, "now"], queryFn: () => api.station(station) });
  const profile = data?.connected === true ? (data.securityProfile ?? 0) : 0;
  const lives = profile === 1 || profile === 2;
  return (
    <ConfirmDialog
      title={say.title(station)}
      // Until it is known whether the station is there, both are possible.
      effect={[data === undefined ? say.maybe : lives ? say.connected(profile) : say.notConnected, say.after]}
      action={say.submit}
      run={async () => {
        await api.manage.endDispensation(station);
        await changed();
      }}
      close={close}
    />
  );
}
