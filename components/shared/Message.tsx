"use client";
import Button from "@mui/material/Button";
import Container from "@mui/material/Container";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";

type Way = { label: string; href: string } | { label: string; onClick: () => void };

export function Message({ title, text, children: way }: { title: string; text: string; children: Way }) {
  return (
    <Container maxWidth="sm" sx={{ py: 10, textAlign: "center" }}>
      <Typography variant="h1" gutterBottom>
        {title}
      </Typography>
      <Typography color="textSecondary" sx={{ mb: 3 }}>
        {text}
      </Typography>
      {"href" in way ? (
        <Button component={NextLink} href={way.href} variant="contained">
          {way.label}
        </Button>
      ) : (
        <Button onClick={way.onClick} variant="contained">
          {way.label}
        </Button>
      )}
    </Container>
  );
}
