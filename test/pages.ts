import { parse } from 'yaml';
import type { Any } from './objects.ts';

/** Code of a page in these languages. */
export function fencesOf(text: string, ...languages: string[]): string[] {
  return [...text.matchAll(/^( *)(`{3,})(\w+)\n([\s\S]*?)^\1\2$/gm)]
    .filter((match) => languages.includes(match[3]!))
    .map((match) => match[4]!);
}

/** Texts that commands of a page give to kubectl on standard input. */
export const inputsOfKubectl = (text: string): string[] =>
  fencesOf(text, 'sh', 'bash').flatMap((script) =>
    [...script.matchAll(/kubectl (?:create|apply)[^\n]* -f - <<'END'\n([\s\S]*?)^END$/gm)].map(
      (match) => match[1]!,
    ),
  );

/** The pod of compliance.md that Pod Security admits and the policy engine must refuse. */
export const podForTheEngine = (page: string): Any =>
  inputsOfKubectl(page)
    .map((one) => parse(one) as Any)
    .find((one) => one.kind === 'Pod')!;

/** The text below a heading, up to the next of its level or above. */
export function sectionOf(text: string, heading: string): string {
  const start = text.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`no heading "${heading}"`);
  const level = /^#+/.exec(heading)![0];
  const rest = text.slice(start + heading.length + 2);
  return rest.split(new RegExp(`^#{1,${level.length}} `, 'm'))[0]!;
}
