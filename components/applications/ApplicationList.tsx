"use client";
import AddIcon from "@mui/icons-material/Add";
import Box from "@mui/material/Box";
import Container from "@mui/material/Container";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { ApplicationLine } from "#lib/schemas/application";
import { ListFoot } from "../shared/ListFoot";
import { SearchField } from "../shared/SearchField";
import { SoftButton } from "../shared/SoftButton";
import { ApplicationDialog } from "./ApplicationDialog";
import { ApplicationTable } from "./ApplicationTable";
import type { SaveApplication } from "./applicationResults";

interface Props {
  applications: ApplicationLine[];
  total: number;
  page: number;
  pages: number;
  search: string;
  onSave: SaveApplication;
}

const path = "/applications";

export function ApplicationList({ applications, total, page, pages, search, onSave }: Props) {
  const [creating, setCreating] = useState(false);
  const create = (
    <SoftButton
      needs="application.manage"
      variant="contained"
      startIcon={<AddIcon />}
      onClick={() => setCreating(true)}
    >
      Create application
    </SoftButton>
  );
  const dialog = creating && <ApplicationDialog onSave={onSave} onClose={() => setCreating(false)} />;
  if (total === 0 && search === "") {
    return (
      <Container maxWidth="sm" sx={{ py: { xs: 8, md: 14 }, textAlign: "center" }}>
        <Typography variant="h1" gutterBottom>
          Applications
        </Typography>
        <Typography color="textSecondary" sx={{ mb: 3 }}>
          An application is a consumer of APIs. It gets a client id and a secret, for production and for
          sandbox, and with them tokens for the APIs it is subscribed to.
        </Typography>
        {create}
        {dialog}
      </Container>
    );
  }
  return (
    <Container maxWidth="lg" sx={{ py: 4 }}>
      <Box sx={head}>
        <Typography variant="h1">Applications</Typography>
        <Box sx={{ flex: 1 }} />
        <SearchField
          search={search}
          path={path}
          label="Search applications"
          placeholder="Search by name or description"
        />
        {create}
      </Box>
      {total === 0 ? (
        <Typography color="textSecondary" sx={{ py: 6, textAlign: "center" }} role="status">
          No application has “{search}” in its name or description.
        </Typography>
      ) : (
        <ApplicationTable applications={applications} />
      )}
      <ListFoot
        path={path}
        count={total === 1 ? "1 application" : `${total} applications`}
        page={page}
        pages={pages}
        search={search}
      />
      {dialog}
    </Container>
  );
}

const head = { display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5, mb: 2 };
