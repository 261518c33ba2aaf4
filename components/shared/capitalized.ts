/** With a capital first letter: a clause as a sentence. */
export const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
