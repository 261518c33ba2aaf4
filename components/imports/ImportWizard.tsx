"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Container from "@mui/material/Container";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Step from "@mui/material/Step";
import StepLabel from "@mui/material/StepLabel";
import Stepper from "@mui/material/Stepper";
import Typography from "@mui/material/Typography";
import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useRef, useState, useTransition } from "react";
import { focusFirst, NameFields } from "../create/NameFields";
import { byField, type FindConflicts, useCreateForm } from "../create/useCreateForm";
import { useLeaveGuard } from "../editor/useLeaveGuard";
import { useAnnounce } from "../shared/Announcer";
import { BusyButton } from "../shared/BusyButton";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { ManyFiles } from "./ManyFiles";
import {
  contextFor,
  create,
  type Handed,
  type Refused,
  type Remark,
  type Understood,
  understand,
} from "./preview";
import { Remarks } from "./Remarks";
import { Summary } from "./Summary";
import { type Several, useManyImports } from "./useManyImports";

const steps = ["Source", "What was understood", "Name"];

interface Props {
  title: string;
  source: ReactNode;
  /** What the source holds so far: what was wrong with it is forgotten when it changes. */
  given: readonly unknown[];
  /** More than one file: each becomes an API without further steps. */
  several: Several | null;
  collect: () => Promise<Handed | Refused>;
  onFindConflicts: FindConflicts;
}

/** From a source to a draft, in three steps; nothing is saved before the last. */
export function ImportWizard({ title, source, ...options }: Props) {
  const router = useRouter();
  const many = useManyImports(options.several);
  const wizard = useWizard({ ...options, running: many.running });
  const { heading, step, goTo, problems, understood, form, pending, submit, guard } = wizard;
  return (
    <Container maxWidth="md" sx={{ py: 4 }}>
      <Typography variant="h1" ref={heading} tabIndex={-1} sx={{ mb: 2.5, outline: 0 }}>
        {title}
      </Typography>
      {!options.several && <Steps step={step} />}
      <Paper variant="outlined" component="form" noValidate onSubmit={submit} sx={{ p: { xs: 2, sm: 3 } }}>
        <Stack spacing={2.5} useFlexGap>
          <Remarks
            severity="error"
            title={step === 0 ? "This cannot be imported" : "Not created"}
            remarks={problems}
          />
          {/* Kept while the later steps are shown, so that Back loses nothing. */}
          <Stack
            spacing={2.5}
            inert={many.running}
            sx={{ display: step === 0 ? "flex" : "none", alignItems: "flex-start" }}
          >
            {source}
          </Stack>
          {step === 1 && understood && <Summary understood={understood} />}
          {step === 2 && <NameFields form={form} />}
          {options.several ? (
            <ManyFiles many={many} />
          ) : (
            <Box sx={{ display: "flex", gap: 1 }}>
              <BusyButton type="submit" variant="contained" busy={pending}>
                {step === 2 ? "Create" : "Continue"}
              </BusyButton>
              {step > 0 && <Button onClick={() => goTo(step - 1)}>Back</Button>}
              <Button onClick={() => router.push("/apis")}>Cancel</Button>
            </Box>
          )}
        </Stack>
      </Paper>
      <ConfirmDialog
        open={guard.leaving}
        {...(many.running ? leavingMany : leavingOne)}
        confirm="Leave"
        cancel="Stay"
        onConfirm={guard.leave}
        onClose={guard.stay}
      />
    </Container>
  );
}

const leavingOne = {
  title: "Leave without creating the API?",
  text: "What was read and entered would be lost.",
};
const leavingMany = {
  title: "Leave while APIs are imported?",
  text: "Those that were created stay; the others would not be imported.",
};

function Steps({ step }: { step: number }) {
  return (
    <Stepper activeStep={step} sx={{ mb: 2.5, flexWrap: "wrap", rowGap: 1 }}>
      {steps.map((label, i) => (
        <Step key={label} aria-current={i === step ? "step" : undefined}>
          <StepLabel>{label}</StepLabel>
        </Step>
      ))}
    </Stepper>
  );
}

type Given = Omit<Props, "title" | "source"> & { running: boolean };

/** Where it is, and what it has read so far. */
function useWizard({ given: current, several, running, collect, onFindConflicts }: Given) {
  const router = useRouter();
  const announce = useAnnounce();
  const [problems, setProblems] = useState<Remark[]>([]);
  const [handed, setHanded] = useState<Handed | null>(null);
  const [understood, setUnderstood] = useState<Understood | null>(null);
  const [pending, startTransition] = useTransition();
  const form = useCreateForm(onFindConflicts);
  const { heading, step, goTo, guard } = useSteps(() => setProblems([]), running);
  const [seen, setSeen] = useState(current);
  if (current.some((part, i) => part !== seen[i])) {
    setSeen(current);
    setProblems([]);
  }

  const read = async () => {
    const given = await collect();
    if ("problems" in given) return setProblems(given.problems);
    const result = await understand(given);
    if (!result.ok) return setProblems(result.problems);
    setHanded(given);
    setUnderstood(result);
    form.fill({
      name: result.name,
      context: result.context || contextFor(result.name),
      version: result.version,
      endpoint: "",
    });
    goTo(1);
  };
  const make = async () => {
    const errors = form.validate();
    if (Object.values(errors).some(Boolean)) return announce(focusFirst(errors));
    if (!handed) return;
    const { name, context, version } = form.input;
    const found = await onFindConflicts(form.input).catch(() => null);
    if (found?.ok && found.problems.length > 0) {
      const taken = byField(found.problems);
      form.setErrors(taken);
      return announce(focusFirst(taken));
    }
    const made = await create(handed, { name, context, version });
    if (!made.ok) return setProblems(made.problems);
    router.push(`/apis/${made.id}${understood?.groups.length ? "" : "/endpoints"}`);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (pending || several) return;
    if (step === 1) return goTo(2);
    setProblems([]);
    startTransition(step === 0 ? read : make);
  };

  return { heading, step, goTo, problems, understood, form, pending, submit, guard };
}

/**
 * One step after the other, each with its announcement; `onTurn` is called before one is shown. What is `running` is
 * asked about, too, before the page is left.
 */
function useSteps(onTurn: () => void, running: boolean) {
  const announce = useAnnounce();
  const heading = useRef<HTMLHeadingElement>(null);
  const [step, setStep] = useState(0);
  /** Ahead of what is rendered when Back is pressed twice in a row. */
  const shown = useRef(0);
  const goTo = (next: number) => {
    onTurn();
    setStep(next);
    shown.current = next;
    heading.current?.focus();
    announce(`Step ${next + 1} of ${steps.length}: ${steps[next]}`);
  };
  // The browser's Back is that of the wizard as long as there is a step to go back to.
  const onBack = () => {
    if (shown.current === 0) return false;
    goTo(shown.current - 1);
    return true;
  };
  const guard = useLeaveGuard({
    dirty: step > 0 || running,
    work: running ? "running" : step,
    ...(!running && { onBack }),
  });
  return { heading, step, goTo, guard };
}
