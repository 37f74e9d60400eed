/** One more passkey for whoever is signed in: the browser makes it, the API keeps it. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { createPasskey } from "../adapters/passkeys.ts";
import { Panel } from "../display/panel.tsx";
import { sentenceOf } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { type PasskeyFailure, sentenceOfFailure } from "../sign-in/failure.ts";
import { words } from "../strings/en.ts";
import styles from "./people.module.css";
import { usePeopleChanged } from "./use-people.ts";

const say = words.people;

/** For those who see nothing else of this place. */
export function OwnPasskeys() {
  return (
    <Panel title={say.forbidden.own} className={styles.own}>
      <p>{say.forbidden.ownHelp}</p>
      <AddPasskey />
    </Panel>
  );
}

export function AddPasskey() {
  const { api } = useServices();
  const changed = usePeopleChanged();
  const [trouble, setTrouble] = useState<string>();
  const add = useMutation({
    mutationFn: async () => {
      const made = await createPasskey(await api.manage.passkeyOptions());
      if (made.kind === "failed") throw new Error(sentenceOn(made.failure));
      await api.manage.addPasskey(made.credential);
      await changed();
    },
    onMutate: () => setTrouble(undefined),
    onError: (error) => setTrouble(sentenceOf(error)),
  });
  return (
    <div className={styles.actions}>
      <Button variant="default" size="xs" disabled={add.isPending} onClick={() => add.mutate()}>
        {add.isPending ? words.signIn.busy : say.person.addPasskey}
      </Button>
      {/* Always there, so that what comes is read out. */}
      <span role="status" className={styles.dim}>
        {trouble ?? (add.isSuccess ? say.person.addPasskeyDone : "")}
      </span>
    </div>
  );
}

const sentenceOn = (failure: PasskeyFailure): string =>
  failure.kind === "already" ? say.person.addPasskeyAlready : sentenceOfFailure(failure);
