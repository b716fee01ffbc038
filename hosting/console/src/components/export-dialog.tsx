import { useState } from "react";
import { requestExport } from "../api/privacy.ts";
import type { ExportFormat } from "../api/privacy-shapes.ts";
import type { Subject } from "../api/shapes.ts";
import { useApp } from "../hooks/app.tsx";
import { personName } from "../words/things.ts";
import { Choices } from "./choices.tsx";
import { StartExport } from "./start-export.tsx";

const formats: readonly { value: ExportFormat; title: string; text: string }[] = [
  {
    value: "json",
    title: "One JSON file",
    text: "Everything Lethe holds of this person in one subject.json. For handing over or moving.",
  },
  {
    value: "bag",
    title: "A signed bag (BagIt, zipped)",
    text: "The same with files, an explanation of each field, who looked at it and when, hashes and a proof from the log.",
  },
];

/** Asks in which form and why, starts a person's export, and shows how it goes. */
export function ExportDialog({ subject, onClose }: { subject: Subject; onClose(): void }) {
  const { api } = useApp();
  const [format, setFormat] = useState<ExportFormat>("json");
  return (
    <StartExport
      title={`Export ${personName(subject)}`}
      onClose={onClose}
      start={(reason, key) => requestExport(api, { subjectId: subject.subjectId, format, reason }, key)}
    >
      <Choices legend="Format" name="format" value={format} options={formats} onChange={(value) => setFormat(value)} />
    </StartExport>
  );
}
