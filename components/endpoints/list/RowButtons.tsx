"use client";
import DownIcon from "@mui/icons-material/ArrowDownward";
import UpIcon from "@mui/icons-material/ArrowUpward";
import BinIcon from "@mui/icons-material/DeleteOutlined";
import DragIcon from "@mui/icons-material/DragIndicator";
import CheckIcon from "@mui/icons-material/NetworkCheckOutlined";
import CogIcon from "@mui/icons-material/SettingsOutlined";
import Box from "@mui/material/Box";
import type { KeyboardEvent } from "react";
import { SoftIconButton } from "../../shared/SoftButton";
import { RowMenu } from "./RowMenu";
import { type PartProps, partId } from "./rowProps";
import { rowStyles as styles } from "./rowStyles";

/** Everything that is done with one endpoint of a list. */
export function RowButtons({ row, called }: PartProps) {
  const { endpoint, actions } = row;
  const { id } = endpoint;
  return (
    <Box sx={styles.buttons}>
      <SoftIconButton
        label={`Check endpoint status ${called}`}
        off={!endpoint.url.trim()}
        onClick={() => actions.check(id)}
      >
        <CheckIcon fontSize="small" />
      </SoftIconButton>
      <SoftIconButton
        id={partId(row, "config")}
        label={`Endpoint configurations ${called}`}
        harmless
        onClick={() => actions.configure(id)}
      >
        <CogIcon fontSize="small" />
      </SoftIconButton>
      <MoveButtons row={row} called={called} />
      <SoftIconButton id={partId(row, "bin")} label={`Remove ${called}`} onClick={() => actions.remove(id)}>
        <BinIcon fontSize="small" />
      </SoftIconButton>
      <RowMenu
        name={called}
        state={endpoint.state}
        onState={(state) => actions.edit(id, { state }, "state")}
        onDuplicate={() => actions.duplicate(id)}
      />
    </Box>
  );
}

function MoveButtons({ row, called }: PartProps) {
  const { endpoint, position, count, actions } = row;
  const { id } = endpoint;
  const moveByKey = (event: KeyboardEvent) => {
    const to = { ArrowUp: position - 2, ArrowDown: position, Home: 0, End: count - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to >= 0 && to < count && to !== position - 1) actions.move(id, to, "drag");
  };
  return (
    <>
      <SoftIconButton
        id={partId(row, "up")}
        tabIndex={row.fingers ? 0 : -1}
        label={`Move up ${called}`}
        off={position === 1}
        onClick={() => actions.move(id, position - 2, "up")}
      >
        <UpIcon fontSize="small" />
      </SoftIconButton>
      <SoftIconButton
        id={partId(row, "down")}
        tabIndex={row.fingers ? 0 : -1}
        label={`Move down ${called}`}
        off={position === count}
        onClick={() => actions.move(id, position, "down")}
      >
        <DownIcon fontSize="small" />
      </SoftIconButton>
      {count > 1 && (
        <SoftIconButton
          id={partId(row, "drag")}
          label={`Drag ${called}, or move it with the arrow keys`}
          data-drag-handle
          onKeyDown={moveByKey}
          sx={styles.drag}
        >
          <DragIcon fontSize="small" />
        </SoftIconButton>
      )}
    </>
  );
}
