import { redirect } from "next/navigation";

export default function Create() {
  redirect("/apis/create/rest");
}
