export declare const enginesDir: string;
export declare function engineFile(name: string): string;
export declare function engine(name: string): string | undefined;
