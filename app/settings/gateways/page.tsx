import { Gateways } from "#components/settings/Gateways";
import { readGatewaysReport } from "../../_server/gatewaysShown";
import { requirePage } from "../../_server/guard";
import { forgetGateway } from "./actions";

export const metadata = { title: "Gateways" };

export default async function GatewaysPage() {
  await requirePage("settings.manage");
  return <Gateways report={await readGatewaysReport()} onForget={forgetGateway} />;
}
