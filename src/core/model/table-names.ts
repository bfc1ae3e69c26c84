/** The tables of a run that can be saved as CSV. */
export const TABLE_NAMES = ['steps', 'ranks', 'findings', 'lines', 'gaps'] as const;

export type TableName = (typeof TABLE_NAMES)[number];
