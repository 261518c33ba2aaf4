"use client";
import Chip from "@mui/material/Chip";
import Link from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import type { ApplicationLine } from "#lib/schemas/application";
import { keyTypeTitles } from "../shared/keyTypes";
import { LinkRow } from "../shared/LinkRow";
import { useScrollStop } from "../shared/useScrollStop";

/** The whole of it is on its page. */
const brief = {
  display: "-webkit-box",
  WebkitBoxOrient: "vertical",
  WebkitLineClamp: "2",
  overflow: "hidden",
};

export function ApplicationTable({ applications }: { applications: ApplicationLine[] }) {
  const scrolling = useScrollStop();
  return (
    <TableContainer
      component={Paper}
      variant="outlined"
      {...scrolling}
      role="region"
      aria-label="Applications"
    >
      <Table size="small" sx={{ "& td, & th": { py: 1.25 } }}>
        <TableHead>
          <TableRow>
            {["Name", "Keys", "Subscriptions"].map((c) => (
              <TableCell key={c} sx={{ color: "text.secondary" }}>
                {c}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
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
        </TableBody>
      </Table>
    </TableContainer>
  );
}
