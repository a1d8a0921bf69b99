import { UserError } from '../error.ts';

/**
 * Turns a failure of the file system into a UserError in plain words; whatever else was thrown comes back as it is.
 * `doing` says what failed ("Writing /x"), `outcome` how the disk is now.
 */
export function explain(error: unknown, doing: string, outcome = 'Nothing was changed.'): unknown {
  const code = errno(error);
  if (code === undefined) return error;
  const [why, advice] = CAUSES[code] ?? [
    'the file system refused it',
    'Solve that and run the command again.',
  ];
  return new UserError(`${doing} failed: ${why} (${code}). ${outcome} ${advice}`);
}

/** The code of a file system error, such as `ENOENT`; undefined for anything else. */
export function errno(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof UserError) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : code;
}

const DENIED = [
  'permission was denied',
  'Get write permission for the folder, or choose another one.',
] as const;

const CAUSES: Record<string, readonly [why: string, advice: string] | undefined> = {
  ENOSPC: ['the disk is full', 'Free some space and run the command again.'],
  EDQUOT: ['the disk quota is used up', 'Free some space and run the command again.'],
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: ['the file system is read-only', 'Choose a folder on a writable file system.'],
  EXDEV: [
    'a folder inside lies on another file system',
    'Unmount it, or choose a folder that holds no mount point.',
  ],
  EBUSY: ['another program uses a file or folder there', 'Close that program and run the command again.'],
  ENAMETOOLONG: ['the path is too long', 'Choose a shorter name or a folder nearer to the root.'],
  ENOTDIR: ['a file stands where a folder must be', 'Move the file away, or choose another folder.'],
  EISDIR: ['a folder stands where a file must be', 'Move the folder away, or choose another folder.'],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n) and run the command again.'],
};
