/** How a secrets backend that keeps values in a store of its own takes them: the repository only names them. */
export interface ReferSpec {
  /** The input without which nothing can be named. */
  needs: string;
  /** Puts every key of one Secret into the store, from a JSON object on standard input. Placeholders: inputs, `{cluster}`, `{namespace}`, `{name}`. */
  command: string;
}

/** How a secrets backend encrypts one Secret. Placeholders in `args`: `{path}`, `{input:NAME}`, `{file:NAME}`, `{dir}`. */
export interface SealSpec {
  program: string;
  args: string[];
  /** The input without which nothing can be sealed. */
  key: string;
  install: string;
  generateKeys: {
    program: string;
    args: string[];
    publicFile: string;
    publicPattern?: string;
    privateFile: string;
    install: string;
  };
}
