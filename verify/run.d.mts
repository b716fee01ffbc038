export function run(args: string[]): Promise<{ exitCode: 0 | 1 | 2; text: string }>;
