import { join } from 'node:path';
import { expect } from 'vitest';
import { filesOf, read } from './support.ts';

export const SECRET_FILE = 'security/secrets/shop/app-credentials.secret.yaml';

/** Without the components that bring secrets of their own: the sample's is the only one. */
export const ONE_SECRET = ['--runtime', 'none'];

/** Two values of the sample's secret, with what shells, YAML, JSON and dotenv trip over. */
export const API_KEY = `k3y-"quoted"-'single'-$HOME-ünï: #x`;
export const DATABASE_URL = 'postgres://shop:pa55w0rd-hunter2@db:5432/shop?sslmode=require';
export const VALUES = { 'api-key': API_KEY, 'database-url': DATABASE_URL };

export const SECRET_ENV = { ZT_API_KEY: API_KEY, ZT_DATABASE_URL: DATABASE_URL };
export const FROM_ENV = valuesFrom('env:ZT_API_KEY', 'env:ZT_DATABASE_URL');

export const AS_JSON = JSON.stringify({ 'app-credentials': VALUES });
export const WITH_FULL_NAMES = JSON.stringify({
  'shop/app-credentials/api-key': API_KEY,
  'app-credentials/database-url': DATABASE_URL,
});
export const AS_DOTENV = `# values
app-credentials/api-key=\`${API_KEY}\`
export app-credentials/database-url="${DATABASE_URL}" # x
`;

/** The flags that give both values. */
export function valuesFrom(apiKey: string, databaseUrl: string): string[] {
  const name = 'app-credentials';
  return ['--secret', `${name}/api-key=${apiKey}`, '--secret', `${name}/database-url=${databaseUrl}`];
}

/** Every form in which a value could turn up, and any twelve characters of it. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const pieces = Array.from({ length: value.length - 11 }, (_, at) => value.slice(at, at + 12));
  return [
    value,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    ...pieces,
  ];
}

/** No text, and no file below the folders, holds a value in any form. */
export function expectNowhere(values: string[], texts: string[], ...folders: string[]): void {
  const files = folders.flatMap((folder) =>
    filesOf(folder).map((path) => [join(folder, path), read(folder, path)] as const),
  );
  expect(texts.join('').length + files.length).toBeGreaterThan(0);
  const shown = texts.map((one, index) => [`text ${index}`, [one, ...decoded(one)].join('\n')] as const);
  for (const [where, text] of [...shown, ...files]) {
    const found = values.flatMap(formsOf).filter((form) => text.includes(form));
    if (found.length) expect.fail(`${where} shows ${JSON.stringify(found[0])}`);
  }
}

/** What a reader finds behind base64, wherever in its groups of four it begins. */
function decoded(text: string): string[] {
  const runs = text.match(/[\w+/]{16,}/g) ?? [];
  return runs.flatMap((run) =>
    [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), 'base64').toString()),
  );
}
