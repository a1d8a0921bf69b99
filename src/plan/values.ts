/** The texts of a list; none where there is none. */
export const list = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);

/** A text; empty where there is none. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
