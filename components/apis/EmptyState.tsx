"use client";
import AddIcon from "@mui/icons-material/Add";
import Container from "@mui/material/Container";
import Typography from "@mui/material/Typography";
import { LinkButton } from "../shared/SoftButton";

export function EmptyState() {
  return (
    <Container maxWidth="sm" sx={{ py: { xs: 8, md: 14 }, textAlign: "center" }}>
      <Typography variant="h1" gutterBottom>
        APIs
      </Typography>
      <Typography color="textSecondary" sx={{ mb: 3 }}>
        An API is an address on the gateway with the backends that answer there. Give it a name, a context and
        one or more endpoints; the gateway balances the traffic over them and goes around those that fail.
      </Typography>
      <LinkButton href="/apis/create" needs="api.edit" variant="contained" startIcon={<AddIcon />}>
        Create API
      </LinkButton>
    </Container>
  );
}
