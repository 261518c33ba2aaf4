"use client";
import Card from "@mui/material/Card";
import CardActionArea from "@mui/material/CardActionArea";
import CardContent from "@mui/material/CardContent";
import Container from "@mui/material/Container";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";

const ways = [
  {
    href: "/apis/create/rest",
    title: "Start from scratch",
    text: "A name, a context and an endpoint. It answers every usual method on every path.",
  },
  {
    href: "/apis/create/openapi",
    title: "Import OpenAPI",
    text: "From a file, a URL or pasted text: OpenAPI 3.0 and 3.1 or Swagger 2.0, with x-wso2 extensions.",
  },
  {
    href: "/apis/create/project",
    title: "Import a WSO2 project",
    text: "What apictl init or apictl export makes, as a ZIP file.",
  },
];

export function CreateChoice() {
  return (
    <Container maxWidth="sm" sx={{ py: 4 }}>
      <Typography variant="h1" sx={{ mb: 2.5 }}>
        Create an API
      </Typography>
      <Stack spacing={1.5} component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
        {ways.map(({ href, title, text }) => (
          <li key={href}>
            <Card variant="outlined">
              <CardActionArea component={NextLink} href={href}>
                <CardContent>
                  <Typography variant="h3" component="h2" gutterBottom>
                    {title}
                  </Typography>
                  <Typography variant="body2" color="textSecondary">
                    {text}
                  </Typography>
                </CardContent>
              </CardActionArea>
            </Card>
          </li>
        ))}
      </Stack>
    </Container>
  );
}
