import type { Files } from '../../types/files.ts';
import { folderOf, isBelow } from './paths.ts';

const FILE = '.sourceignore';
/** https://github.com/fluxcd/pkg/blob/main/sourceignore/sourceignore.go (`ExcludeCI`, `ExcludeExtra`) */
const STANDARD =
  '.github/,.circleci/,.travis.yml,.gitlab-ci.yml,appveyor.yml,.drone.yml,cloudbuild.yaml,codeship-services.yml,codeship-steps.yml,**/.goreleaser.yml,**/.sops.yaml,**/.flux.yaml';

interface Pattern {
  folder: string;
  isNegated: boolean;
  expression: RegExp;
}

/**
 * The files that Flux fetches: all but those that it never takes, and those that a `.sourceignore` names.
 * https://fluxcd.io/flux/components/source/gitrepositories/#excluding-files
 */
export function fetchedFiles(files: Files): Files {
  const own = [...files]
    .filter(([file]) => file === FILE || file.endsWith(`/${FILE}`))
    .flatMap(([file, text]) => text.split('\n').flatMap((line) => parse(line, folderOf(file))));
  const patterns = [...STANDARD.split(',').flatMap((line) => parse(line, '.')), ...own];
  return new Map([...files].filter(([file]) => !isIgnored(file, patterns)));
}

/** The last pattern that matches decides; under an ignored folder nothing comes back. https://git-scm.com/docs/gitignore */
function isIgnored(file: string, patterns: Pattern[]): boolean {
  const parts = file.split('/');
  return parts.some((_, index) => {
    const path = parts.slice(0, index + 1).join('/') + (index < parts.length - 1 ? '/' : '');
    return patterns.findLast((one) => matches(one, path))?.isNegated === false;
  });
}

function matches({ folder, expression }: Pattern, path: string): boolean {
  if (folder === '.') return expression.test(path);
  return isBelow(path, folder) && expression.test(path.slice(folder.length + 1));
}

function parse(line: string, folder: string): Pattern[] {
  const text = line.trimEnd();
  if (!text || text.startsWith('#')) return [];
  const isNegated = text.startsWith('!');
  const pattern = (isNegated ? text.slice(1) : text).replace(/^\\/, '');
  const isForFolder = pattern.endsWith('/');
  const body = pattern.replace(/\/$/, '');
  const start = body.includes('/') ? '^' : '^(?:.*/)?';
  const expression = new RegExp(`${start}${translate(body.replace(/^\//, ''))}${isForFolder ? '/' : '/?'}$`);
  return [{ folder, isNegated, expression }];
}

/** A pattern of gitignore as an expression. */
function translate(pattern: string): string {
  return pattern.replaceAll(/\*\*\/|\/\*\*$|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (found) => {
    if (found === '**/') return '(?:.*/)?';
    if (found === '/**') return '/.+';
    if (found === '**') return '.*';
    if (found === '*') return '[^/]*';
    return found === '?' ? '[^/]' : `\\${found}`;
  });
}
