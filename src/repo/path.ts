import { UserError } from '../error.ts';

/**
 * The segments of a repository path (forward slashes, relative).
 * Throws a UserError for a path that could leave the repository or reach into `.git`: ledgers and declarations are files that anyone may edit.
 */
export function segments(path: string): string[] {
  const parts = path.split('/');
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || /[\\:\0]/.test(part));
  if (bad || parts[0]?.toLowerCase() === '.git')
    throw new UserError(`"${path}" is not a path inside the repository.`);
  return parts;
}
