/** Path in the repository (forward slashes) → content. */
export type Files = Map<string, string>;
