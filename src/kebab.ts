/** The flag of an input: `apiServerCidrs` → `api-server-cidrs`. */
export const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
