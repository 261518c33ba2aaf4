"use client";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { keyTypeTitles } from "../shared/keyTypes";
import type { Understood } from "./preview";
import { Remarks } from "./Remarks";

/** What was understood: warnings first, then endpoints, then resources. */
export function Summary({ understood }: { understood: Understood }) {
  const { warnings, groups, resources, resourceCount, settings, certificates } = understood;
  const hidden = resourceCount - resources.length;
  return (
    <Stack spacing={2.5}>
      <Remarks
        severity="warning"
        title={warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`}
        remarks={warnings}
      />
      <Box role="group" aria-label="Endpoints">
        <Typography variant="h3" component="h2" gutterBottom>
          Endpoints
        </Typography>
        {groups.length === 0 && (
          <Typography variant="body2" color="textSecondary">
            None are named: add one before you deploy.
          </Typography>
        )}
        {groups.map((group) => (
          <Group key={`${group.keyType} ${group.resource}`} group={group} />
        ))}
      </Box>
      <Sentences
        title="Certificates that backends are trusted by at once"
        sentences={certificates.map(({ alias, endpoint }) =>
          endpoint ? `${alias}, for ${endpoint}` : alias,
        )}
      />
      <Sentences title="Other settings" sentences={settings} />
      <Box role="group" aria-label="Resources">
        <Typography variant="h3" component="h2" gutterBottom>
          {resourceCount === 1 ? "1 resource" : `${resourceCount} resources`}
        </Typography>
        <Box component="ul" tabIndex={0} aria-label="Resources" sx={{ ...list, ...scroll, ...ruled }}>
          {resources.map(({ method, path, secured, scopes, ownEndpoints }) => (
            <Box component="li" key={`${method} ${path}`} sx={row}>
              <Box component="span" sx={{ fontWeight: 600, minWidth: 68 }}>
                {method}
              </Box>
              <span>{path}</span>
              {!secured && <Chip size="small" variant="outlined" label="No token needed" />}
              {secured && scopes && <Chip size="small" variant="outlined" label={`Scopes: ${scopes}`} />}
              {ownEndpoints && <Chip size="small" variant="outlined" color="primary" label="Own endpoints" />}
            </Box>
          ))}
          {hidden > 0 && <li>and {hidden} more</li>}
        </Box>
      </Box>
    </Stack>
  );
}

function Group({ group }: { group: Understood["groups"][number] }) {
  const { keyType, resource, urls, routing, session } = group;
  return (
    <Box sx={{ mb: 1 }}>
      <Typography variant="body2" color="textSecondary">
        {[keyTypeTitles[keyType], resource && `only ${resource}`, routing, session && `Session: ${session}`]
          .filter(Boolean)
          .join(" · ")}
      </Typography>
      <Box
        component="ul"
        {...(urls.length > SCROLLING && { tabIndex: 0 })}
        aria-label={`${keyTypeTitles[keyType]} endpoints${resource ? `, only ${resource}` : ""}`}
        sx={{ ...list, ...scroll }}
      >
        {urls.map((url, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
          <li key={i}>{url}</li>
        ))}
      </Box>
    </Box>
  );
}

function Sentences({ title, sentences }: { title: string; sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <Box role="group" aria-label={title}>
      <Typography variant="h3" component="h2" gutterBottom>
        {title}
      </Typography>
      <Box component="ul" sx={list}>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </Box>
    </Box>
  );
}

/** From so many endpoints on a list has to scroll, on a narrow screen at least. */
const SCROLLING = 3;

const list = { listStyle: "none", m: 0, p: 0, overflowWrap: "anywhere" };
const scroll = { maxHeight: 280, overflowY: "auto" };
const ruled = { borderTop: 1, borderColor: "divider" };
const row = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  columnGap: 1,
  py: 0.5,
  borderBottom: 1,
  borderColor: "divider",
};
