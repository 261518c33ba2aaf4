"use client";
import Chip from "@mui/material/Chip";
import Link from "@mui/material/Link";
import TableCell from "@mui/material/TableCell";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import type { ApplicationLine } from "#lib/schemas/application";
import { keyTypeTitles } from "../shared/keyTypes";
import { LinkRow } from "../shared/LinkRow";
import { ListTable } from "../shared/ListTable";

/** The whole of it is on its page. */
const brief = {
  display: "-webkit-box",
  WebkitBoxOrient: "vertical",
  WebkitLineClamp: "2",
  overflow: "hidden",
};

export function ApplicationTable({ applications }: { applications: ApplicationLine[] }) {
  return (
    <ListTable
      label="Applications"
      columns={["Name", "Keys", "Subscriptions"]}
      sx={{ "& td, & th": { py: 1.25 } }}
    >
      {applications.map(({ id, name, description, keyTypes, subscriptions }) => (
        <LinkRow key={id}>
          <TableCell component="th" scope="row" sx={{ overflowWrap: "anywhere" }}>
            <Link
              component={NextLink}
              href={`/applications/${id}`}
              underline="hover"
              sx={{ fontWeight: 600 }}
            >
              {name}
            </Link>
            <Typography variant="body2" color="textSecondary" sx={brief}>
              {description}
            </Typography>
          </TableCell>
          <TableCell>
            {keyTypes.length === 0 && "None"}
            {keyTypes.map((k) => (
              <Chip key={k} size="small" variant="outlined" label={keyTypeTitles[k]} sx={{ mr: 0.5 }} />
            ))}
          </TableCell>
          <TableCell>{subscriptions === 1 ? "1 API" : `${subscriptions} APIs`}</TableCell>
        </LinkRow>
      ))}
    </ListTable>
  );
}
