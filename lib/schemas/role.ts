import * as z from "zod";
import { roles } from "../model/roleNames";

export const Role = z.enum(roles, "Choose a role.");
export type Role = z.infer<typeof Role>;
