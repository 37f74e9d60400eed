/** What is opened of a list, beside it: at the right edge, or over everything where there is no room. */
import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useFocusBack } from "../dialog/dialog.tsx";
import frame from "../stations/station-drawer.module.css";
import { words } from "../strings/en.ts";

export function Side(props: { title: ReactNode; close: () => void; children: ReactNode }) {
  useFocusBack();
  return (
    <Drawer
      opened
      onClose={props.close}
      position="right"
      size={600}
      title={<span className={frame.name}>{props.title}</span>}
      closeButtonProps={{ "aria-label": words.close }}
      transitionProps={{ duration: 0 }}
      classNames={{
        content: frame.content ?? "",
        header: frame.header ?? "",
        body: frame.body ?? "",
        overlay: frame.overlay ?? "",
        title: frame.title ?? "",
      }}
    >
      {props.children}
    </Drawer>
  );
}
