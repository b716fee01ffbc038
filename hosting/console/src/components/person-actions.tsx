import { Button } from "@mantine/core";
import { IconDownload, IconEraser } from "@tabler/icons-react";
import { useState } from "react";
import type { Subject } from "../api/shapes.ts";
import { useSession } from "../hooks/app.tsx";
import { EraseDialog } from "./erase-dialog.tsx";
import { ExportDialog } from "./export-dialog.tsx";

/** What can be done for a person's rights, as far as the role allows. */
export function PersonActions(props: { subject: Subject; size?: "xs" | "sm"; onErasing(): void }) {
  const { subject, size = "sm", onErasing } = props;
  const { can } = useSession();
  const [open, setOpen] = useState<"export" | "erase">();
  const close = () => setOpen(undefined);
  const icon = size === "xs" ? 15 : 17;
  return (
    <>
      {can("exports:create") && subject.state !== "erasing" && (
        <Button
          size={size}
          variant="default"
          leftSection={<IconDownload size={icon} stroke={1.7} />}
          onClick={() => setOpen("export")}
        >
          Export
        </Button>
      )}
      {can("erasures:create") && subject.state !== "erasing" && (
        <Button
          size={size}
          variant="default"
          className="danger-button"
          leftSection={<IconEraser size={icon} stroke={1.7} />}
          onClick={() => setOpen("erase")}
        >
          Erase
        </Button>
      )}
      {open === "export" && <ExportDialog subject={subject} onClose={close} />}
      {open === "erase" && <EraseDialog subject={subject} onStarted={onErasing} onClose={close} />}
    </>
  );
}
