import type { Catalog } from '../types/catalog.ts';
import {
  EXPLAINING,
  GENERAL,
  INFORMATION,
  inputFlags,
  SEALING,
  slotFlags,
  VERIFYING,
  type Flag,
} from './flags.ts';

/** The text of `--help`; the build puts it into the command line, so that printing it loads nothing. */
export function helpText(catalog: Catalog): string {
  return `create-zero-trust: a GitOps repository of Kubernetes security manifests, from one service graph.

Usage
  create-zero-trust [create] [DIRECTORY] [flags]   render a repository (asks for what is not given)
  create-zero-trust seal [DIRECTORY] [flags]       seal values for the secrets of a repository
  create-zero-trust verify [DIRECTORY] [flags]     prove a repository against its service graph
  create-zero-trust explain FROM TO [DIRECTORY]    tell why one may or may not reach another
  create-zero-trust schema [verify]                print the JSON Schema of zero-trust.yaml, or of verify --json

Flags
${list(GENERAL)}

Choices (default)
${list(slotFlags(catalog))}

Inputs
${list(inputFlags(catalog))}

Sealing
${list(SEALING)}

Verifying
${list(VERIFYING)}

Explaining
${list(EXPLAINING)}

Information
${list(INFORMATION)}

Exit codes
  0 done, 1 refused or failed, 2 usage, 3 verify found something, 130 cancelled, 143 terminated
`;
}

function list(flags: Flag[]): string {
  return flags
    .map((flag) => {
      const left = `  ${flag.short ? `-${flag.short}, ` : ''}--${flag.name}${flag.value ? ` ${flag.value}` : ''}`;
      return left.length > 38 ? `${left}\n${' '.repeat(40)}${flag.hint}` : `${left.padEnd(40)}${flag.hint}`;
    })
    .join('\n');
}
