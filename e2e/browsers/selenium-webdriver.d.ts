/** What ./inWebkit.ts needs of a package that brings no types. */
declare module "selenium-webdriver" {
  interface Element {
    click(): Promise<void>;
    sendKeys(...keys: string[]): Promise<void>;
  }
  interface Session {
    get(url: string): Promise<void>;
    manage(): { window(): { setRect(size: { width: number; height: number }): Promise<unknown> } };
    navigate(): { back(): Promise<void> };
    findElement(by: object): Promise<Element>;
    executeScript(script: string): Promise<unknown>;
    takeScreenshot(): Promise<string>;
    quit(): Promise<void>;
  }
  interface Builder {
    usingServer(url: string): Builder;
    withCapabilities(capabilities: object): Builder;
    build(): Promise<Session>;
  }
  const webdriver: {
    Builder: new () => Builder;
    By: { xpath(path: string): object };
    Key: Record<"ENTER" | "CONTROL", string> & { chord(...keys: string[]): string };
  };
  export default webdriver;
}
