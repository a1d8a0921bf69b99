/** `api` → `api.example.com`, `@` → `example.com`, `*` → `*.example.com`; a full name stays. */
export function fullHost(host: string, domain: string): string {
  if (host === '@') return domain;
  return host.includes('.') ? host : `${host}.${domain}`;
}
