import "./copy-text.css";
import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";

/** Text that is meant to be taken elsewhere, with a button that takes it. */
export function CopyText({ text, label, isBlock = false }: { text: string; label: string; isBlock?: boolean }) {
  return (
    <div className={isBlock ? "copy-text copy-text-block" : "copy-text"}>
      {isBlock ? (
        <textarea readOnly aria-label={label} className="mono" rows={3} value={text} />
      ) : (
        <input readOnly aria-label={label} className="mono" value={text} />
      )}
      <CopyButton value={text} timeout={1600}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : "Copy"}>
            <ActionIcon variant="subtle" color={copied ? "lake" : "gray"} onClick={copy} aria-label={`Copy ${label}`}>
              {copied ? <IconCheck size={16} stroke={1.8} /> : <IconCopy size={16} stroke={1.6} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
