import { UserError } from '../error.ts';
import { segments } from './path.ts';

export const LEDGER_PATH = '.zero-trust/ledger.json';

/** What the tool wrote last time: its version, and per path the hash of the content and the owning component. */
export interface Ledger {
  tool: string;
  files: Map<string, LedgerEntry>;
}

export interface LedgerEntry {
  sha256: string;
  component: string;
}

/** The ledger as the repository keeps it: sorted by path, so that the same input gives the same bytes. */
export function formatLedger(ledger: Ledger): string {
  const files = [...ledger.files].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = files.map(([path, { sha256, component }]) => [path, { sha256, component }] as const);
  return `${JSON.stringify({ tool: ledger.tool, files: Object.fromEntries(entries) }, null, 2)}\n`;
}

/** Reads the text of `.zero-trust/ledger.json`. Throws a UserError that names the first entry that is not as the tool writes it. */
export function parseLedger(text: string): Ledger {
  const { tool, files } = object(json(text), 'the document');
  if (typeof tool !== 'string' || tool === '') throw damaged('"tool" is not a version');
  return {
    tool,
    files: new Map(
      Object.entries(object(files, '"files"')).map(([path, value]) => [path, entry(path, value)]),
    ),
  };
}

function entry(path: string, value: unknown): LedgerEntry {
  segments(path);
  const { sha256, component } = object(value, `"${path}"`);
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
    throw damaged(`"${path}" has no valid sha256`);
  if (typeof component !== 'string') throw damaged(`"${path}" names no component`);
  return { sha256, component };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged('it is not JSON');
  }
}

function object(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw damaged(`${what} is not an object`);
}

function damaged(why: string): UserError {
  return new UserError(
    `${LEDGER_PATH} is damaged: ${why}. Restore it from Git: git checkout -- ${LEDGER_PATH}`,
  );
}
