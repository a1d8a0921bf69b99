/** A problem that the user can solve: what is wrong, where, and what to do. Exit code 1 is refused or failed, 2 is usage. */
export class UserError extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
  }
}
