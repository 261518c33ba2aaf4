/** XPaths for what people call it: by role and name, which every browser's driver understands. */

const quoted = (text: string) => (text.includes('"') ? `'${text}'` : `"${text}"`);

/** By what is read out: its label, where it has one, else its text. */
const named = (name: string) =>
  `[@aria-label=${quoted(name)} or (not(@aria-label) and normalize-space()=${quoted(name)})]`;

/** The text of a label, which of a select is none of HTML's, without the star of a field that must be filled in. */
const label = (name: string) => `//*[self::label or @id][normalize-space(text())=${quoted(name)}]`;

export const button = (name: string) => `//button${named(name)}`;
export const link = (name: string) => `//a[@href]${named(name)}`;
/** A link whose text goes on. */
export const linkTo = (heading: string) => `//a[@href][.//h2[normalize-space()=${quoted(heading)}]]`;
export const heading = (text: string) =>
  `//*[self::h1 or self::h2 or self::h3][normalize-space()=${quoted(text)}]`;
export const menuItem = (name: string) => `//*[@role="menuitem"]${named(name)}`;
export const option = (name: string) => `//*[@role="option"]${named(name)}`;
export const field = (name: string) =>
  `//*[self::input or self::textarea][@id=${label(name)}/@for or @aria-label=${quoted(name)}]`;
export const select = (name: string) =>
  `//*[@role="combobox"][contains(concat(" ",@aria-labelledby," "),concat(" ",${label(name)}/@id," "))]`;
export const group = (name: string) => `//*[@role="group"][@aria-label=${quoted(name)}]`;
/** An item of a list; its name is that of the endpoint in it. */
export const item = (name: string) => `//li[@aria-label=${quoted(name)}]`;
export const dialog = (title: string) =>
  `//*[@role="dialog"][@aria-labelledby=//*[normalize-space()=${quoted(title)}]/@id]`;
/** The smallest element in which these words stand. */
export const words = (text: string) =>
  `//*[contains(normalize-space(),${quoted(text)})][not(*[contains(normalize-space(),${quoted(text)})])]`;
