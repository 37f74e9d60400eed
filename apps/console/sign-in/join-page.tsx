/** Opens a one-time link: a name and a passkey make a member, who is then signed in. */
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { createPasskey } from "../adapters/passkeys.ts";
import { sentenceOf } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import styles from "./card.module.css";
import { Card, Trouble } from "./card.tsx";
import { sentenceOfFailure } from "./failure.ts";
import { invitationOf } from "./invitation.ts";

export const NAME_CHARS_MAX = 80;

export function JoinPage() {
  const say = words.signIn.join;
  const [invitation] = useState(() => invitationOf(window.location.hash));
  const [name, setName] = useState("");
  const [nameFault, setNameFault] = useState<string>();
  const join = useJoin(invitation ?? "");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = name.trim();
    setNameFault(given === "" ? say.nameMissing : undefined);
    if (given !== "") join.run(given);
  };

  return (
    <Card title={say.title} lead={say.lead}>
      <Trouble text={invitation === undefined ? say.noSecret : join.trouble} />
      {invitation !== undefined && (
        <form className={styles.form} onSubmit={submit} noValidate>
          <TextInput
            label={say.name}
            description={say.nameHint}
            value={name}
            error={nameFault}
            maxLength={NAME_CHARS_MAX}
            autoComplete="name"
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
            autoFocus
          />
          <Button type="submit" size="md" fullWidth disabled={join.pending}>
            {join.pending ? words.signIn.busy : say.button}
          </Button>
        </form>
      )}
    </Card>
  );
}

function useJoin(invitation: string) {
  const { api } = useServices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [trouble, setTrouble] = useState<string>();
  const join = useMutation({
    mutationFn: async (name: string) => {
      const passkey = await createPasskey(await api.joinOptions({ invitation, name }));
      if (passkey.kind === "failed") return setTrouble(sentenceOfFailure(passkey.failure));
      const me = await api.join({ invitation, name, credential: passkey.credential });
      queries.setQueryData(["me"], me);
      // The secret is used up: it leaves the address, and the history with it.
      await navigate({ to: "/now", replace: true });
    },
    onMutate: () => setTrouble(undefined),
    onError: (error) => setTrouble(sentenceOf(error)),
  });
  return { run: join.mutate, pending: join.isPending, trouble };
}
